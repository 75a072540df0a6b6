"""What the simulator and the trainer agree on, for models and data that no simulator has described."""

DEFAULT_VOCABULARY = (
    "<pad>", "put", "the", "in", "tray", "red", "green", "blue", "yellow", "purple", "orange", "cube", "cylinder", "brick",
)  # fmt: skip
DEFAULT_PROPRIO_FIELDS = (
    {"name": "tool_x", "unit": "m"},
    {"name": "tool_y", "unit": "m"},
    {"name": "tool_z", "unit": "m"},
    {"name": "tool_yaw_sin", "unit": "1"},
    {"name": "tool_yaw_cos", "unit": "1"},
    {"name": "finger_opening", "unit": "m"},
    {"name": "gripper_command", "unit": "1"},
    {"name": "command_error_x", "unit": "m"},
    {"name": "command_error_y", "unit": "m"},
    {"name": "command_error_z", "unit": "m"},
    {"name": "command_error_yaw", "unit": "rad"},
)
