"""A grammar of grade-school word problems with worked solutions: importing it registers every family.

core        what a problem is; how families are registered and drawn from
words       names, things, places
agree       English that agrees with its numbers
basics, amounts, situations     this project's families
everyday    more of them: everyday problems of one to three steps, each in many wordings
stories     families told from the tables of templates in tables/
guess       problems that are solved by guess and check
symbolic    reasoning-gym's gsm_symbolic in the same form
gsm8k       GSM8K's training problems as templates: other numbers, other names
corrupt     worked solutions with a mistake in them
"""

import drr.grammar.amounts
import drr.grammar.basics
import drr.grammar.everyday
import drr.grammar.guess
import drr.grammar.situations
import drr.grammar.stories  # noqa: F401
