"""Pages: the page around the film, the lecture, what is embedded."""
