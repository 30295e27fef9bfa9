"""Jobs: work in processes of its own, that no page, no server and no terminal can take down with it.

`engine` launches, cancels, resumes and looks after jobs; `worker` is the process that does one; `kinds` says what there
is to do; `processes` knows what the system calls them.
"""
