"""What is said and what is seen: the storyboard and the chapters of the film.

``storyboard``, ``words`` and ``look`` are plain data and never import Manim; the chapters are
ordinary Manim scenes, one module each.
"""

# Chapter -> where its scene is, in the order of the film.
CHAPTERS: dict[str, str] = {
    name: f"scenes.{name}:{scene}"
    for name, scene in (
        ("ravine", "Ravine"),
        ("zigzag", "Zigzag"),
        ("memory", "Memory"),
        ("descent", "Descent"),
        ("loss_race", "LossRace"),
        ("dial", "Dial"),
        ("summary", "Summary"),
    )
}
