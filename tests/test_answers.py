"""What counts as an answer, when two answers are equal, and that no text can stop the grader."""

import gc
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from drr.answers import AnswerType, Grade, canonical, extract_answer, grade

ANIMALS = {"A": "a cat", "B": "dog", "C": "the blue whale", "D": "18", "E": "none of the above"}

HOSTILE = {
    "one line of a megabyte": "x" * 1_000_000,
    "a hundred thousand nines": "9" * 100_000,
    "a number of a thousand digits": "9" * 1_000,
    "nines and commas": "9,999" * 20_000,
    "nines and spaces": "9 " * 50_000,
    "nines over nines": "9/" * 50_000,
    "spaces": " " * 1_000_000,
    "a digit, then spaces": "9" + " " * 100_000,
    "open braces": "\\boxed{" * 20_000,
    "open brackets": "(" * 100_000,
    "short but deep": "\\sqrt{" * 30 + "2" + "}" * 30,
    "fractions without end": "\\frac{" * 10_000,
    "calculator marks": "<<" * 50_000,
    "asterisks": "*" * 100_000,
    "claims": "the answer is " * 20_000,
    "claims of sums": "answer: 1+1 x " * 20_000,
    "hashes": "#" * 100_000,
    "right to left": "\u202e\u05d4\u05ea\u05e9\u05d5\u05d1\u05d4 \u0627\u0644\u062c\u0648\u0627\u0628 \u202c",
    "NUL": "\0" * 10_000,
    "NUL in a number": "1\x008",
    "lone surrogate": "\ud800 answer: \udfff",
    "combining marks": "\u0301\u0323" * 50_000,
    "power tower": "9^{9^{9^{9}}}",
    "bare power tower": "9^9^9^9",
    "powers of powers": "(((9^{99})^{99})^{99})^{99}",
    "Python powers": "9**9**9**9",
    "factorials": "99999999!!+1",
    "power of a long sum": "(a+b+c+d+e+f+g)^{6}",
    "product of long sums": "(a+b+c)(d+e+f)(g+h+i)(j+k+l)(m+n+o)(p+q+r)",
    "huge exponent": "1e999999999",
    "huge scientific": "1 \\times 10^{999999999}",
    "zero denominator": "1/0",
    "zero denominator in LaTeX": "\\frac{1}{0}",
    "superscript digits": "\u00b2\u00b3",
    "infinity": "inf",
    "not a number": "nan",
    "nothing": "",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Answer: 18", "18"),
        ("answer = 18", "18"),
        ("**Answer:** 18", "18"),
        ("Final Answer:\n18", "18"),
        ("She sells 16-3=<<16-3=13>>13.\n#### 13", "13"),
        ("It costs 2*3=<<2*3=6>>", "3"),
        ("#### 1,200", "1,200"),
        ("#### -5", "-5"),
        ("#### \u22125", "-5"),
        ("The answer is $18.", "18"),
        ("The answer is 5, not 6.", "5"),
        ("The answer is 10 + 8 = 18 eggs.", "18"),
        ("The answer is $18 because 9*3=27.", "18"),
        ("The answer is 18. There were 16 eggs.", "18"),
        ("The answer is 5. Wait, the answer is 6.", "6"),
        ("The answer is 5. Hmm. The answer is unclear.", "5"),
        ("Thus \\boxed{42}.", "42"),
        ("Answer: 5. Checking again: \\boxed{6}", "6"),
        ("The answer is $\\boxed{\\frac{3}{4}}$", "3/4"),
        ("\\boxed{2\\sqrt{3}}", "2\\sqrt{3}"),
        ("So there are **12** of them, I checked 3 times.", "12"),
        ("She had 16, ate 3, so 13 are left.", "13"),
        ("Half of them: 3.5 hours", "3.5"),
        ("That makes 1 1/2 cups", "1 1/2"),
        ("The answer is twelve.", "twelve"),
        ("<think>Answer: 5</think>Answer: 6", "6"),
        ("<think>Answer: 5</think>", "5"),
        ("x" * 30_000 + " Answer: 18", "18"),
        ("I cannot tell.", None),
        ("", None),
        ("The answer is", None),
    ],
)
def test_extracts_a_number(text: str, expected: str | None) -> None:
    assert extract_answer(text, "number") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The answer is (B).", "B"),
        ("The answer is B", "B"),
        ("Answer: b", "B"),
        ("Answer: B. dog", "B"),
        ("Answer: B because dogs bark", "B"),
        ("Answer: option B", "B"),
        ("The correct answer choice is: C)", "C"),
        ("So it must be **B**.", "B"),
        ("**B. dog**", "B"),
        ("\\boxed{\\text{B}}", "B"),
        ("#### C", "C"),
        ("The answer is a dog.", "B"),
        ("The answer is A dog", "B"),
        ("The answer is the Blue Whale.", "C"),
        ("The answer is the dog, since it barks", "B"),
        ("Answer: 18", "D"),
        ("Not (A). So (C)", "C"),
        ("It barks.\nB", "B"),
        ("Answer: Z", None),
        ("No idea at all.", None),
    ],
)
def test_extracts_a_choice_as_its_letter(text: str, expected: str | None) -> None:
    assert extract_answer(text, "choice", ANIMALS) == expected


def test_extracts_a_letter_without_knowing_the_choices() -> None:
    assert extract_answer("The answer is (B).", "choice") == "B"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Answer: Yes", "yes"),
        ("The answer is no.", "no"),
        ("The answer is: True", "yes"),
        ("**No**", "no"),
        ("Answer: Yes, because there is no law against it.", "yes"),
        ("#### false", "no"),
        ("Fish swim.\nSo the statement is false.", "no"),
        ("Yes, they do.", "yes"),
        ("Perhaps.", None),
    ],
)
def test_extracts_yes_or_no(text: str, expected: str | None) -> None:
    assert extract_answer(text, "yesno") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The answer is Paris. It is the capital.", "Paris"),
        ("Answer: J. R. R. Tolkien", "J. R. R. Tolkien"),
        ('Answer: "Paris".', "Paris"),
        ("\\boxed{\\text{Paris}}", "Paris"),
        ("Paris", "Paris"),
        ("First this.\nThen that.", None),
    ],
)
def test_extracts_a_text(text: str, expected: str | None) -> None:
    assert extract_answer(text, "text") == expected


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("18", "18"),
        ("018", "18"),
        ("18.0", "18"),
        ("18.", "18"),
        ("1,200", "1200"),
        ("$1,200.00", "1200"),
        ("\\$1{,}200", "1200"),
        ("€5", "5"),
        ("5 £", "5"),
        ("¥500", "500"),
        ("US$5", "5"),
        ("-$5", "-5"),
        ("\u22125", "-5"),
        ("+5", "5"),
        ("50%", "50"),
        ("50\\%", "50%"),
        ("3/4", "0.75"),
        ("1 1/2", "1.5"),
        ("1 and 1/2", "1.5"),
        ("1½", "1.5"),
        ("\\frac{3}{4}", "3/4"),
        ("\\dfrac34", "0.75"),
        ("1\\frac{1}{2}", "1.5"),
        ("-\\frac{3}{4}", "-0.75"),
        ("12 apples", "12"),
        ("12 apples (3 per box)", "12"),
        ("3.5 hours", "3.5"),
        ("60 km/h", "60"),
        ("20 m^2", "20"),
        ("20 \\text{ cm}", "20"),
        ("90^\\circ", "90"),
        ("about 12", "12"),
        ("x = 12", "12"),
        ("5 + 7 = 12", "12"),
        ("1.5e3", "1500"),
        ("1.5 \\times 10^{3}", "1500"),
        ("1.5 × 10^3", "1500"),
        (".5", "0.5"),
        ("5 million", "5,000,000"),
        ("Twelve", "12"),
        ("twenty apples", "20"),
        ("minus five", "-5"),
        ("0.333333", "1/3"),
        ("**18**", "18"),
        ("$18$", "18"),
        ("\\(18\\)", "18"),
        ("\\boxed{18}", "18"),
        ("\u0661\u0662", "12"),
        ("\u200f18\u202c", "18"),
        ("  18\n", "18"),
        ("9" * 60, "9" * 60),
        ("3:4", "3:4"),
    ],
)
def test_equal_numbers_are_right(answer: str, gold: str) -> None:
    assert grade(answer, gold, "number") is Grade.RIGHT


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("19", "18"),
        ("-18", "18"),
        ("50%", "0.5"),
        ("0.33", "1/3"),
        ("1000001", "1000000"),
        ("1000001.0", "1000000"),
        ("1.2", "1.200002"),
        ("3/4", "4/3"),
        ("0", "0.000001"),
        ("180", "18"),
        ("twelve", "13"),
        ("\\sqrt{2}", "2"),
        ("1/0", "0"),
    ],
)
def test_unequal_numbers_are_wrong(answer: str, gold: str) -> None:
    assert grade(answer, gold, "number") is Grade.WRONG


@pytest.mark.parametrize(
    "answer",
    [None, "", "  ", "banana", "5 or 6", "5 or six", "5 to 7", "10-5", "one or two", "two and a half", "9" * 5_000],
)
def test_an_unreadable_or_hedged_number_is_unparsed(answer: str | None) -> None:
    assert grade(answer, "5", "number") is Grade.UNPARSED


@pytest.mark.parametrize(
    "text",
    [
        "Answer: 5 or 6", "Answer: 5 (or 6)", "Answer: 5 or six", "Answer: either 5 or 6", "Answer: 5, maybe 6",
        "Answer: x = 5 or x = 6", "#### 5 or 6", "\\boxed{5 \\text{ or } 6}", "So it is **5 or 6**.", "It is 6 or 5.",
        "Answer: 5 to 7", "Answer: 4-5", "Answer: between 4 and 5", "Answer: 5, 6", "Answer: 5 apples and 3 pears",
        "Answer: 5:30", "They meet at 4:05.", "Answer: 5 hours 30 minutes", "Answer: 5 hours and 30 minutes",
        "Answer: 5h30", "Answer: 5 ft. 3", "Answer: 5'10", "Answer: 5 and a half",
        "The answer is 5. No, the answer is 5 or 6.",
    ],
)  # fmt: skip
def test_a_hedge_is_no_answer_whichever_of_its_numbers_is_right(text: str) -> None:
    extracted = extract_answer(text, "number")
    assert extracted is None
    assert grade(extracted, "5", "number") is Grade.UNPARSED


@pytest.mark.parametrize(
    "text",
    [
        "The answer is 5, not 6.", "Answer: 5 because 2+3=5", "Answer: 5, as 2 + 3 = 5", "Answer: 5 (2 or 3 each)",
        "The answer is 5 pages in 6 days.", "Answer: 5 of the 10", "Answer: 5 m2", "Answer: 5 or so",
        "The answer is 5 or 6. No, the answer is 5.", "The answer is found by adding 2 and 3, which makes 5.",
    ],
)  # fmt: skip
def test_a_remark_behind_the_answer_is_no_hedge(text: str) -> None:
    assert grade(extract_answer(text, "number"), "5", "number") is Grade.RIGHT


@pytest.mark.parametrize(
    ("answer", "gold", "answer_type", "expected"),
    [
        ("2\\sqrt{3}", "\\sqrt{12}", "number", Grade.RIGHT),
        ("\\frac{\\sqrt{2}}{2}", "\\frac{1}{\\sqrt{2}}", "number", Grade.RIGHT),
        ("10 + 8", "18", "number", Grade.RIGHT),
        ("2^{10}", "1024", "number", Grade.RIGHT),
        ("2\\pi", "\\pi", "number", Grade.WRONG),
        ("$x^2 + 1$", "1 + x^2", "text", Grade.RIGHT),
        ("x^2 - 1", "x^2 + 1", "text", Grade.WRONG),
    ],
)
def test_mathematics_is_compared_by_value(answer: str, gold: str, answer_type: AnswerType, expected: Grade) -> None:
    assert grade(answer, gold, answer_type) is expected


def test_mathematics_is_graded_outside_the_main_thread() -> None:
    grades: list[Grade] = []
    thread = threading.Thread(target=lambda: grades.append(grade("3\\sqrt{3}", "\\sqrt{27}", "number")))
    thread.start()
    thread.join()
    assert grades == [Grade.RIGHT]


@pytest.mark.parametrize(
    ("answer", "gold", "expected"),
    [
        ("B", "B", Grade.RIGHT),
        ("b", "B", Grade.RIGHT),
        ("(B)", "B", Grade.RIGHT),
        ("[B]", "B", Grade.RIGHT),
        ("B.", "B", Grade.RIGHT),
        ("**B**", "B", Grade.RIGHT),
        ("B) dog", "B", Grade.RIGHT),
        ("Dog", "B", Grade.RIGHT),
        ("B", "dog", Grade.RIGHT),
        ("the cat", "A", Grade.RIGHT),
        ("A", "B", Grade.WRONG),
        ("cat", "B", Grade.WRONG),
        ("Z", "B", Grade.UNPARSED),
        ("cat or dog", "B", Grade.UNPARSED),
    ],
)
def test_grades_a_choice_by_letter_or_wording(answer: str, gold: str, expected: Grade) -> None:
    assert grade(answer, gold, "choice", ANIMALS) is expected


@pytest.mark.parametrize(
    ("answer", "gold", "expected"),
    [
        ("Yes", "yes", Grade.RIGHT),
        ("true", "yes", Grade.RIGHT),
        ("Y.", "True", Grade.RIGHT),
        ("n", "false", Grade.RIGHT),
        ("No, it is not", "no", Grade.RIGHT),
        ("yes", "no", Grade.WRONG),
        ("maybe", "no", Grade.UNPARSED),
        ("yes and no", "yes", Grade.UNPARSED),
        ("true/false", "yes", Grade.UNPARSED),
        ("it is not true", "no", Grade.UNPARSED),
    ],
)
def test_grades_yes_and_no(answer: str, gold: str, expected: Grade) -> None:
    assert grade(answer, gold, "yesno") is expected


@pytest.mark.parametrize(
    ("answer", "gold", "expected"),
    [
        ("The Eiffel Tower.", "eiffel  tower", Grade.RIGHT),
        ("STRASSE", "straße", Grade.RIGHT),
        ("well-known", "well known", Grade.RIGHT),
        ("(1, 2)", "1,2", Grade.RIGHT),
        ("-1, 2", "1, 2", Grade.WRONG),
        ("3.50", "3.5", Grade.RIGHT),
        ("35", "3.5", Grade.WRONG),
        ("-5", "5", Grade.WRONG),
        ("A", "a", Grade.RIGHT),
        ("?", "!", Grade.WRONG),
        ("London", "Paris", Grade.WRONG),
    ],
)
def test_grades_text_by_its_words(answer: str, gold: str, expected: Grade) -> None:
    assert grade(answer, gold, "text") is expected


@pytest.mark.parametrize("gold", [None, "", " "])
@pytest.mark.parametrize("answer", [None, "18"])
def test_without_gold_is_ungraded(answer: str | None, gold: str | None) -> None:
    assert grade(answer, gold, "number") is Grade.UNGRADED


@pytest.mark.parametrize(
    ("answer", "answer_type", "expected"),
    [
        ("$1,200.0", "number", "1200"),
        ("12 apples", "number", "12"),
        ("3/4", "number", "0.75"),
        ("1/3", "number", "0.333333"),
        ("0.333333", "number", "0.333333"),
        ("17.9999999", "number", "18"),
        ("1234567.5", "number", "1234567.5"),
        ("-0", "number", "0"),
        ("50%", "number", "50"),
        ("twelve", "number", "12"),
        ("Banana!", "number", "banana"),
        ("(b)", "choice", "B"),
        ("the dog", "choice", "B"),
        ("a mouse", "choice", "mouse"),
        ("True", "yesno", "yes"),
        ("Perhaps", "yesno", "perhaps"),
        ("The Eiffel-Tower.", "text", "eiffel tower"),
    ],
)
def test_canonical_form(answer: str, answer_type: AnswerType, expected: str) -> None:
    assert canonical(answer, answer_type, ANIMALS) == expected
    assert canonical(expected, answer_type, ANIMALS) == expected, "a canonical form is its own canonical form"


@pytest.fixture(scope="module")
def math_verify_loaded() -> None:
    grade("\\sqrt{2}", "\\sqrt{3}", "number")
    gc.freeze()  # its many objects, or each collection goes through them while a text is timed


@pytest.mark.usefixtures("math_verify_loaded")
@pytest.mark.parametrize("answer_type", ["number", "choice", "yesno", "text"])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_neither_raises_nor_stalls(text: str, answer_type: AnswerType) -> None:
    calls: dict[str, Callable[[], object]] = {
        "extract": lambda: extract_answer(text, answer_type, ANIMALS),
        "extract a claim": lambda: extract_answer("The answer is " + text, answer_type, ANIMALS),
        "grade as answer": lambda: grade(text, "18", answer_type, ANIMALS),
        "grade as gold": lambda: grade("18", text, answer_type, ANIMALS),
        "canonical": lambda: canonical(text, answer_type, ANIMALS),
    }
    for name, call in calls.items():
        started = time.thread_time()
        call()
        assert time.thread_time() - started < 0.05, name


def test_plain_numbers_never_import_math_verify() -> None:
    script = (
        "import sys; from drr.answers import grade, extract_answer\n"
        "assert grade(extract_answer('So $1,200 it is. #### 1,200', 'number'), '1200', 'number') == 'right'\n"
        "assert not {'math_verify', 'sympy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=30)


def test_plain_integers_are_graded_at_a_hundred_thousand_a_second() -> None:
    def seconds() -> float:
        started = time.thread_time()
        for _ in range(10_000):
            grade("1200", "1200", "number")
        return time.thread_time() - started

    assert min(seconds() for _ in range(5)) < 0.1
