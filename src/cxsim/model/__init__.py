"""Every branch of the model: what happens next to a case, a contact, an agent.  Both engines call these functions.

A rule is given the world and the row it is about; it writes the state, and leaves on `calls` the rows that others have
to take up and on `freed` the agents who may take the next contact.
"""
