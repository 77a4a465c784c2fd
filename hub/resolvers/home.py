"""The lists of what the home side keeps of its members: activity cards, appraisals, exemptions."""

from __future__ import annotations

from hub.domain import page_home
from hub.models import ActivityCard, Appraisal, Exemption
from hub.resolvers.listing import listing

cards = listing("activity cards", page_home.cards, ActivityCard)
appraisals = listing("appraisals", page_home.appraisals, Appraisal)
exemptions = listing("exemptions", page_home.exemptions, Exemption)
