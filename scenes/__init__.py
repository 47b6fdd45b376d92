"""What is said and what is seen: the storyboard and the chapters of the film.

``storyboard``, ``words`` and ``look`` are plain data and never import Manim; the chapters are
ordinary Manim scenes, one module each.
"""

# Chapter -> where its scene is, in the order of the film.
CHAPTERS: dict[str, str] = {
    "ravine": "scenes.ravine:Ravine",
    "zigzag": "scenes.zigzag:Zigzag",
    "memory": "scenes.memory:Memory",
    "springs": "scenes.springs:Springs",
    "descent": "scenes.descent:Descent",
    "loss_race": "scenes.loss_race:LossRace",
    "dial": "scenes.dial:Dial",
    "summary": "scenes.summary:Summary",
}

# What is rendered like a chapter: these, and the loop beside the film.
SCENES = {**CHAPTERS, "loop": "scenes.beside.loop:Loop"}
