"""What theory knows exactly, and how close simulation comes to it: the parts of `verification.py`."""
