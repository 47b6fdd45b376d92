"""Rules of methods as text: checked, compiled, typeset, and how they move where they are linear."""
