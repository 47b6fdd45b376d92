"""Expressions as text: checked, evaluated, differentiated, typeset."""
