"""What the simulator and the trainer agree on when there are no data to read it from."""

DEFAULT_VOCABULARY = (
    "<pad>", "put", "the", "in", "tray", "red", "green", "blue", "yellow", "purple", "orange", "cube", "cylinder", "brick",
)  # fmt: skip
DEFAULT_PROPRIO_FIELDS = (
    "ee_x", "ee_y", "ee_z", "sin_yaw", "cos_yaw", "finger_opening", "gripper_command",
    "command_error_x", "command_error_y", "command_error_z",
)  # fmt: skip
