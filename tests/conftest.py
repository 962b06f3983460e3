"""Settings that all tests share."""

import torch
from hypothesis import settings

settings.register_profile("book", deadline=None, derandomize=True, max_examples=30, database=None)
settings.load_profile("book")

# Tests run in parallel processes; several threads in each would only get in each other's way.
torch.set_num_threads(1)
