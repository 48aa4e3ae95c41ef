"""One module per noun."""

from requests_app.models.approval import Approval
from requests_app.models.attachment import Attachment
from requests_app.models.customer import Customer
from requests_app.models.customer_address import CustomerAddress
from requests_app.models.delegation import ApprovalLimit, Delegation
from requests_app.models.due_dates import ServiceLevel, WorkCalendar
from requests_app.models.due_notice import DueNotice
from requests_app.models.entity import Entity, NumberSeries
from requests_app.models.export_job import ExportJob, ExportPart
from requests_app.models.import_run import ImportRun
from requests_app.models.inbound_mail import InboundMail
from requests_app.models.mailbox import Mailbox, MailboxFetch
from requests_app.models.message import Message
from requests_app.models.outbound_mail import OutboundMail
from requests_app.models.policy import ApprovalPolicy, PolicyRule, PolicyStep
from requests_app.models.priority import Priority
from requests_app.models.raw_intake import RawIntake
from requests_app.models.role_grant import Role, RoleGrant
from requests_app.models.rule import Rule
from requests_app.models.saved_view import SavedView
from requests_app.models.support_request import Status, SupportRequest
from requests_app.models.user import User

__all__ = [
    "Approval",
    "ApprovalLimit",
    "ApprovalPolicy",
    "Attachment",
    "Customer",
    "CustomerAddress",
    "Delegation",
    "DueNotice",
    "Entity",
    "ExportJob",
    "ExportPart",
    "ImportRun",
    "InboundMail",
    "Mailbox",
    "MailboxFetch",
    "Message",
    "NumberSeries",
    "OutboundMail",
    "PolicyRule",
    "PolicyStep",
    "Priority",
    "RawIntake",
    "Role",
    "RoleGrant",
    "Rule",
    "SavedView",
    "ServiceLevel",
    "Status",
    "SupportRequest",
    "User",
    "WorkCalendar",
]
