"""Messages to staff by ways that lead out of the house."""

from civicloop.connectors.notify.protocol import Gateway, Message, NotDeliveredError
from civicloop.connectors.notify.robots import Robot, robot_of
from civicloop.connectors.notify.sms import SmsGateway, sms_gateway_of

__all__ = [
    "Gateway",
    "Message",
    "NotDeliveredError",
    "Robot",
    "SmsGateway",
    "robot_of",
    "sms_gateway_of",
]
