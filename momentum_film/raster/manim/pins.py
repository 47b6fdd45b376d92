"""What of Manim's insides the renderer stands on, written down so that a test can hold it up.

Most of it is no public interface. ``moved`` says what a new Manim changed; then
``momentum_film.raster`` (and ``scenes.kit.stage``, ``scenes.kit.animations``) are to be read beside
it, mended, and pinned again.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pkgutil import resolve_name
from typing import Any

MANIM = "0.22."
CAIRO = "manim.renderer.cairo_renderer:CairoRenderer"
CAMERA = "manim.camera.camera:Camera"
SCENE = "manim.scene.scene:Scene"
SHAPE = "manim:VMobject"

# What is called or overridden: its parameters, where a digest of the text does not hold them.
PARAMETERS = {
    f"{CAIRO}.__init__": "self, file_writer_class, camera_class, skip_animations, kwargs",
    f"{CAIRO}.init_scene": "self, scene, session_spec, file_writer_settings",
    f"{CAIRO}.play": "self, scene, args, kwargs",
    f"{CAIRO}.scene_finished": "self, scene",
    f"{CAMERA}.init_background": "self",
    f"{SCENE}.render": "self, preview",
    f"{SCENE}.setup": "self",
    f"{SCENE}.play": "self, args, subcaption, subcaption_duration, subcaption_offset, kwargs",
    f"{SCENE}.wait": "self, duration, stop_condition, frozen_frame",
    "manim:Animation.create_starting_mobject": "self",
    "manim:Animation.interpolate": "self, alpha",
    "manim:Animation.clean_up_from_scene": "self, scene",
    f"{SCENE}.update_mobjects": "self, dt",
    "manim.animation.animation:prepare_animation": "anim",
    f"{SHAPE}.get_gradient_start_and_end_points": "self",
    "manim.utils.color:color_to_int_rgba": "color, alpha",
    "manim.utils.iterables:list_update": "l1, l2, key",
}

# What is read or set on objects as they are when they are new.
ATTRIBUTES = {
    CAIRO: "camera num_plays skip_animations time",
    CAMERA: (
        "background background_color background_opacity frame_center frame_height frame_rate "
        "frame_width pixel_height pixel_width"
    ),
    SCENE: "camera foreground_mobjects mobjects moving_mobjects static_mobjects",
    "manim:Wait": "is_static_wait mobject rate_func run_time",
    SHAPE: (
        "background_stroke_rgbas fill_rgbas stroke_rgbas background_image "
        "background_stroke_width cap_style joint_type points sheen_direction sheen_factor "
        "stroke_width submobjects z_index tolerance_for_point_equality"
    ),
}

# Numbers that our own code repeats.
VALUES = {
    f"{SHAPE}().n_points_per_cubic_curve": 4,
    f"{SHAPE}().tolerance_for_point_equality": 1e-6,
    f"{CAMERA}().cairo_line_width_multiple": 0.01,
    f"{CAMERA}().use_z_index": True,
    f"{CAMERA}().n_channels": 4,
}

# What our own code does in another way, or whose course it relies on: digests of the text.
TEXTS = {
    f"{CAIRO}.play": "0a76f07d5da3c80a",
    f"{CAIRO}.update_frame": "fc7a91eb0bd4b873",
    f"{CAIRO}.freeze_current_frame": "29c2aa6f25a5d704",
    f"{CAIRO}.save_static_frame_data": "f87c4f2e1530e438",
    f"{CAIRO}.add_frame": "df7f7697729452d6",
    f"{CAIRO}.scene_finished": "b1ce2a5556c623a3",
    f"{CAIRO}.render": "7ae074e002fcab00",
    f"{SCENE}.play_internal": "2af81349deeedb2b",
    f"{SCENE}.update_to_time": "53620c9a4e6e96c1",
    f"{SCENE}.begin_animations": "51f6b1f28634263a",
    f"{SCENE}.compile_animation_data": "5f36eb28ed11ff48",
    f"{SCENE}.get_moving_and_static_mobjects": "fd8f267760482cbc",
    f"{SCENE}.get_moving_mobjects": "1502b09a3b09fad0",
    f"{SCENE}._get_animation_time_progression": "31211594e034a2e0",
    f"{SCENE}.get_time_progression": "20b1249086a14249",
    f"{SCENE}.is_current_animation_frozen_frame": "49a5e2b4c9dd1c6b",
    f"{CAMERA}.init_background": "07e6d81d2e500931",
    f"{CAMERA}.resize_frame_shape": "d4a9281c7ad2874e",
    f"{CAMERA}.get_mobjects_to_display": "97e6e9a5412523a8",
    f"{CAMERA}.capture_mobjects": "8ef1cb007678c27d",
    f"{CAMERA}.get_cairo_context": "98c651a9e3cd7624",
    f"{CAMERA}.display_multiple_vectorized_mobjects": "f5c79ab38bd45997",
    f"{CAMERA}.display_vectorized": "44e2085dd1b73458",
    f"{CAMERA}.set_cairo_context_path": "732e317dc364d26a",
    f"{CAMERA}.set_cairo_context_color": "bef68bc74e483c1f",
    f"{CAMERA}.apply_fill": "13e5a5b9d6aebb2c",
    f"{CAMERA}.apply_stroke": "d31f8175fe85d628",
    f"{CAMERA}.transform_points_pre_display": "24b61e88b5803390",
    f"{SHAPE}.get_subpath_split_indices_from_points": "68bc48913f03b064",
    f"{SHAPE}.consider_points_equals_2d": "06df828a74a2ebe0",
    f"{SHAPE}.get_fill_rgbas": "ead6095155e96d2c",
    f"{SHAPE}.get_stroke_rgbas": "6522af9715fba782",
    f"{SHAPE}.get_stroke_width": "814f87902d013528",
    f"{SHAPE}.generate_rgbas_array": "0be7759938e180a9",
    "manim:Mobject.get_family": "37fd7e0acd05717e",
    "manim:Mobject._iter_family": "31e9f0bdaee3e6cb",
    "manim:Animation._setup_scene": "cd5af72669dca0ec",
    "manim.utils.iterables:remove_list_redundancies": "09a2e19d1f30f7a8",
    "manim.utils.family:extract_mobject_family_members": "214cbbf1824d2c0f",
    "manim.manager:Manager.render": "d6613ef53a7a2320",
    "manim.manager:Manager.post_construct": "b50430eb93ca77f8",
}


def check_version() -> None:
    """Refuse another Manim than the one the pins describe.

    Raises:
        ImportError: another version is installed.
    """
    found = version("manim")
    if not found.startswith(MANIM):
        raise ImportError(
            f"manim {found} is installed, films need {MANIM}x: pip install 'manim~={MANIM}0'",
            name="manim",
        )


def moved() -> list[str]:
    """What is not as it was pinned, one line for each thing; Manim's configuration is used."""
    missing = [
        f"{place} has no attribute {name} when it is new"
        for place, names in ATTRIBUTES.items()
        for name in set(names.split()).difference(dir(_found(f"{place}()")))
    ]
    return [
        *_changed(PARAMETERS, _parameters, "{} takes {}; it took {}"),
        *missing,
        *_changed(VALUES, lambda value: value, "{} is {}; it was {}"),
        *_changed(TEXTS, code_digest, "{} reads otherwise (now {}); read it beside film.raster"),
    ]


def _changed(pins: Mapping[str, object], look: Callable[[Any], object], said: str) -> Iterator[str]:
    for place, wanted in pins.items():
        thing = _found(place)
        if thing is None:
            yield f"{place} is gone"
        elif (found := look(thing)) != wanted:
            yield said.format(place, found, wanted)


def _found(place: str) -> Any:
    """What stands at a place, or None; ``()`` in it makes a new object on the way."""
    first, *rest = place.split("()")
    try:
        found = resolve_name(first)
        for path in rest:
            found = found()
            for name in path.split(".")[1:]:
                found = getattr(found, name)
    except (AttributeError, ImportError):
        return None
    return found


def _parameters(function: Any) -> str:
    return ", ".join(inspect.signature(function).parameters)


def code_digest(function: Any) -> str:
    """Of a function's text; blanks and line breaks do not count."""
    text = "".join(inspect.getsource(function).split())
    return hashlib.sha256(text.encode()).hexdigest()[:16]
