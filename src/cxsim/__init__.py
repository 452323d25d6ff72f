"""cxsim: what a redesign, a training or a policy does to customers' effort, waits, repeats and loyalty, and to cost."""
