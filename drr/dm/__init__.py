"""Stage 2: the discriminative reward model (DM), from behavior records to a calibrated judge.

examples     records -> token ids, features and boundaries, packed so that attempts on one prompt share it
model        a token classifier over step boundaries; a probe on the Reasoner's own hidden states
train        the training loop, top to bottom
limits       which numbers a training takes
calibrate    logits -> probabilities; a threshold with a guaranteed risk
promise      what that threshold is worth, in words
checkpoint   what is saved together, and how it is loaded again
judge        the DM behind the judge seam, live and in batches
"""
