"""Whole files, and blobs that are kept."""
