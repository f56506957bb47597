//! The student (学生) and where they stand: a small fold over all entries of one file, kept in one row.
//! Phones receive it, they do not recompute it: a phone sees part of a file and would fold something
//! else. It lays only its own unsent entries on top.

mod basics;
mod visit_line;

pub use basics::{Basics, Guardian};
pub use visit_line::{ReviewLine, VisitLine};

use crate::access::{Facet, Place, may_read};
use crate::actor::Actor;
use crate::confirmation::{Answer, Standing, Told, VillageNote};
use crate::entry::{Body, Entry, Kind};
use crate::ids::{CountyId, EntryId, KnockId, UserId, VillageId};
use crate::policy::Policy;
use crate::register::{Register, Source};
use crate::sighting::Taken;
use crate::visit::Visit;
use crate::vocabulary::{EnrolmentStatus, Party, VisitKind, Whereabouts};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Counts up when `fold` changes what it makes of the same entries; older rows are then rebuilt.
pub const FOLD_VERSION: i32 = 5;

/// Where a student stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StudentState {
    /// 基本信息
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basics: Option<Basics>,
    /// 学籍状态
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<EnrolmentStatus>,
    /// What the last roster said, field by field; never leaves the server.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub roster: BTreeMap<String, String>,
    /// Values that somebody means and that did not fit when they arrived.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposals: Vec<Proposal>,
    /// 名册里没有了: since the roster of that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unlisted: Option<NaiveDate>,
    /// 没到校, while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub absence: Option<Spell>,
    /// Visits that count, the latest last; at most `KEPT_VISITS`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub visits: Vec<VisitLine>,
    /// Sightings by teachers of other schools that wait to be taken up, and the last one taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sightings: Vec<SightingLine>,
    /// 村里说: what the village told without being asked, the latest last; at most `KEPT_NOTES`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<NoteLine>,
}

/// How many visits the fold keeps; the file itself keeps all.
pub const KEPT_VISITS: usize = 20;

/// How many words of the village the fold keeps.
pub const KEPT_NOTES: usize = 10;

/// A value waiting for the office to decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The register field, or `household` for 不是一家.
    pub field: String,
    /// The value meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The entry that said so.
    pub entry: EntryId,
    /// Who.
    pub by: String,
    /// Where it comes from.
    pub source: Source,
    /// When it arrived.
    pub at: DateTime<Utc>,
}

/// A spell of absence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spell {
    /// The first school day missed.
    pub first_absent_on: NaiveDate,
    /// The entry that said so.
    pub entry: EntryId,
}

/// A sighting as the child's class teacher sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SightingLine {
    /// The entry.
    pub entry: EntryId,
    /// Who saw the child.
    pub by: String,
    /// The day.
    pub on: NaiveDate,
    /// Met.
    pub seen: bool,
    /// Where.
    pub whereabouts: Whereabouts,
    /// Taken up, and how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Taken>,
}

/// A word of the village as the child's own people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteLine {
    /// The entry.
    pub entry: EntryId,
    /// Who of the village.
    pub by: String,
    /// When it arrived.
    pub at: DateTime<Utc>,
    /// 孩子在哪, if told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
    /// Own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

/// An entry as the server recorded it: who wrote it and when it arrived.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// Who wrote it.
    pub author: UserId,
    /// Name as colleagues know it.
    pub author_name: &'a str,
    /// When the server received it.
    pub received_at: DateTime<Utc>,
}

impl StudentState {
    /// Lays one entry of this file on top. Confirmations are not of this file: see `answer`.
    pub fn fold(&mut self, recorded: &Recorded<'_>) {
        let entry = recorded.entry;
        match &entry.body {
            Body::Enrolment(enrolment) => {
                // An office that changes the state repeats the basics as they stand: that is no roster.
                if let Some(basics) = &enrolment.basics
                    && self.basics.as_ref() != Some(basics)
                {
                    self.roster = basics.fields();
                    self.basics = Some(basics.clone());
                }
                self.status = Some(enrolment.status.clone());
                self.unlisted = None;
            }
            Body::Listing(listing) => self.unlisted = (!listing.listed).then_some(listing.on),
            Body::Register(register) => self.register(recorded, register),
            Body::HouseholdDoubt(doubt) => {
                self.propose(recorded, "household", Some(doubt.other.to_string()), Source::Person)
            }
            Body::Absence(absence) => {
                let spell = Spell { first_absent_on: absence.first_absent_on, entry: entry.id };
                match &mut self.absence {
                    Some(open) if entry.supersedes != Some(open.entry) => {
                        open.first_absent_on = open.first_absent_on.min(spell.first_absent_on);
                    }
                    absence => *absence = Some(spell),
                }
            }
            Body::Return(back) => {
                self.absence.take_if(|spell| back.returned_on >= spell.first_absent_on);
            }
            Body::Visit(visit) => self.visit(recorded, visit),
            Body::Supplement(supplement) => {
                if let Some(line) = self.visits.iter_mut().find(|l| Some(l.entry) == supplement.visit) {
                    line.supplemented |= supplement.has_words();
                    if supplement.has_words() {
                        line.hear();
                    }
                    line.heard.extend(supplement.heard);
                    line.commitments.retain(|c| c.by == Party::Family || !supplement.kept.contains(&c.what));
                    line.call_later.retain(|r| !supplement.calls.iter().any(|c| c.relation == *r));
                }
            }
            Body::Withdrawal(withdrawal) => {
                self.visits.retain(|line| line.entry != withdrawal.of);
                self.sightings.retain(|line| line.entry != withdrawal.of);
                self.absence.take_if(|spell| spell.entry == withdrawal.of);
            }
            Body::Sighting(sighting) => {
                self.sightings.retain(|line| line.taken.is_none() && Some(line.entry) != entry.supersedes);
                self.sightings.push(SightingLine {
                    entry: entry.id,
                    by: recorded.author_name.to_owned(),
                    on: sighting.on,
                    seen: sighting.seen,
                    whereabouts: sighting.whereabouts.clone(),
                    taken: None,
                });
            }
            Body::SightingAnswer(answer) => {
                if let Some(line) = self.sightings.iter_mut().find(|l| l.entry == answer.of) {
                    line.taken = Some(answer.taken);
                }
            }
            Body::Review(review) => {
                if let Some(line) = self.visits.iter_mut().find(|l| l.entry == review.of) {
                    line.supplemented = false;
                    line.review = Some(ReviewLine {
                        verdict: review.verdict,
                        words: review.words.clone(),
                        at: recorded.received_at,
                    });
                }
            }
            // 单独上报 changes nothing here, on purpose: whoever reads this row must not notice.
            Body::SafeguardingReport(_)
            | Body::SafeguardingHandled(_)
            | Body::FoundChild(_)
            | Body::Confirmation(_)
            | Body::Dispute(_)
            | Body::Settlement(_)
            | Body::VillageNote(_)
            | Body::Unknown { .. } => {}
        }
    }

    /// Lays an answer of the village beside the visits of its knock, after those that the server took before.
    /// `true` if one was there.
    pub fn answer(&mut self, knock: KnockId, answer: &Answer) -> bool {
        let mut found = false;
        for line in self.visits.iter_mut().filter(|l| l.knock == knock) {
            found = true;
            match line.answers.iter_mut().find(|a| a.entry == answer.entry) {
                Some(known) => known.clone_from(answer),
                None => line.answers.push(answer.clone()),
            }
        }
        found
    }

    /// Whether this village may speak of the child: it lives there, or was looked for there.
    pub fn is_known_in(&self, village: VillageId) -> bool {
        let lives_there = self.basics.as_ref().is_some_and(|basics| basics.village == Some(village));
        lives_there || self.visits.iter().any(|line| line.village == village)
    }

    /// Lays a word of the village beside the file. It closes nobody's duty.
    pub fn hear(&mut self, recorded: &Recorded<'_>, note: &VillageNote) {
        self.notes.retain(|line| Some(line.entry) != recorded.entry.supersedes);
        self.notes.push(NoteLine {
            entry: recorded.entry.id,
            by: recorded.author_name.to_owned(),
            at: recorded.received_at,
            told: note.told,
            words: note.words.clone(),
        });
        if self.notes.len() > KEPT_NOTES {
            self.notes.remove(0);
        }
    }

    /// Takes an answer back that its giver withdrew or superseded.
    pub fn unanswer(&mut self, of: EntryId) {
        for line in &mut self.visits {
            line.answers.retain(|a| a.entry != of);
        }
    }

    /// Marks an answer as disowned by the person it names.
    pub fn dispute(&mut self, of: EntryId) {
        for answer in self.visits.iter_mut().flat_map(|l| &mut l.answers).filter(|a| a.entry == of) {
            answer.disputed = true;
        }
    }

    /// The last visit.
    pub fn last_visit(&self) -> Option<&VisitLine> {
        self.visits.iter().max_by_key(|line| (line.started_at, line.entry))
    }

    /// A matter that township or county may look at is open: the child is missing, or a door-knock
    /// waits for the village.
    pub fn is_open(&self, policy: &Policy) -> bool {
        self.absence.is_some()
            || matches!(self.status, Some(EnrolmentStatus::Suspected | EnrolmentStatus::Dropped))
            || self.visits.iter().any(|line| {
                line.kind == VisitKind::DoorKnock
                    && matches!(line.standing(policy), Standing::Waiting | Standing::ChangedAfter)
            })
    }

    fn visit(&mut self, recorded: &Recorded<'_>, visit: &Visit) {
        let Some(knock) = recorded.entry.knock else { return };
        let mut line = VisitLine::of(recorded, knock, visit);
        if let Some(old) = recorded.entry.supersedes
            && let Some(at) = self.visits.iter().position(|l| l.entry == old)
        {
            line.follow(self.visits.remove(at));
        }
        self.visits.retain(|l| l.entry != line.entry);
        self.visits.push(line);
        self.visits.sort_by_key(|l| (l.started_at, l.entry));
        if self.visits.len() > KEPT_VISITS {
            self.visits.remove(0);
        }
    }

    fn register(&mut self, recorded: &Recorded<'_>, register: &Register) {
        let Some(basics) = &mut self.basics else { return };
        if register.source == Source::Roster {
            match &register.to {
                Some(to) => self.roster.insert(register.field.clone(), to.clone()),
                None => self.roster.remove(&register.field),
            };
        }
        let current = basics.get(&register.field);
        let settled = register.source == Source::Decision || current == register.from;
        if current == register.to || settled && basics.set(&register.field, register.to.as_deref()) {
            self.proposals.retain(|p| p.field != register.field);
        } else {
            self.propose(recorded, &register.field, register.to.clone(), register.source);
        }
    }

    fn propose(&mut self, recorded: &Recorded<'_>, field: &str, value: Option<String>, source: Source) {
        self.proposals.retain(|p| !(p.field == field && p.value == value));
        self.proposals.push(Proposal {
            field: field.to_owned(),
            value,
            entry: recorded.entry.id,
            by: recorded.author_name.to_owned(),
            source,
            at: recorded.received_at,
        });
    }

    /// The state as this person may hold it: a line that tells of an entry goes to those who may read
    /// the entry, and what the last roster said never leaves the server.
    #[must_use]
    pub fn seen_by(mut self, actor: &Actor, place: &Place) -> Self {
        let may = |facet, author| may_read(actor, facet, place, author);
        let may_kind = |kind| may(Facet::Of(kind), None);
        self.roster.clear();
        let went = self.visits.iter().any(|line| line.author == actor.user).then_some(actor.user);
        if !may(Facet::Phones, went)
            && let Some(basics) = &mut self.basics
        {
            basics.forget_phones();
        }
        self.visits.retain(|line| may(Facet::of_visit(&line.kind), Some(line.author)));
        for line in self.visits.iter_mut().filter(|line| line.author != actor.user) {
            line.review.take_if(|_| !may_kind(Kind::Review));
        }
        self.proposals.retain(|proposal| match proposal.field.as_str() {
            "household" => may_kind(Kind::HouseholdDoubt),
            _ => may_kind(Kind::Register),
        });
        self.sightings.retain(|_| may_kind(Kind::Sighting));
        self.notes.retain(|_| may_kind(Kind::VillageNote));
        self.unlisted.take_if(|_| !may_kind(Kind::Listing));
        self
    }
}

/// Scopes that cover a child, most narrow first. `open` matters add township and county.
pub fn scopes(
    county: CountyId,
    basics: &Basics,
    grade: uuid::Uuid,
    township: Option<uuid::Uuid>,
    open: bool,
) -> Vec<uuid::Uuid> {
    let mut scopes = vec![basics.class.0, grade, basics.school.0];
    if open {
        scopes.extend(township);
        scopes.push(county.0);
    }
    scopes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::actor::{Grant, Role, Scope};
    use crate::ids::SchoolId;
    use rstest::rstest;
    use serde_json::json;
    use uuid::Uuid;

    const SCHOOL: Uuid = Uuid::from_u128(11);

    fn state() -> StudentState {
        let line = |n: u32, kind: &str| {
            json!({
                "entry": Uuid::from_u128(n.into()), "knock": Uuid::nil(), "author": Uuid::from_u128(7),
                "author_name": "", "kind": kind, "purposes": [], "started_at": "2026-11-20T09:38:00Z",
                "household": "", "village": Uuid::nil(), "participants": [], "outcome": "MET", "mark": "",
                "needed": false, "review": {"verdict": "SEEN", "at": "2026-11-20T09:38:00Z"}
            })
        };
        serde_json::from_value(json!({
            "roster": {"name": "阿依古丽"},
            "basics": {"name": "阿依古丽", "gender": "FEMALE", "school": SCHOOL, "class": Uuid::nil(),
                "phone": "14400000001",
                "guardians": [{"name": "买买提", "relation": "FATHER", "phone": "14400000002"}]},
            "proposals": [{"field": "phone", "entry": Uuid::nil(), "by": "", "source": "PERSON",
                "at": "2026-11-20T09:38:00Z"}],
            "visits": [line(1, "HOME_VISIT"), line(2, "DOOR_KNOCK")],
        }))
        .unwrap()
    }

    #[rstest]
    #[case::office(Role::Office, 1, [1, 1, 1, 1, 2])]
    #[case::township_sees_door_knocks_without_review(Role::Township, 1, [0, 1, 0, 0, 2])]
    #[case::county_calls_nobody(Role::County, 1, [0, 1, 0, 0, 0])]
    #[case::subject_teacher_not_others_visits(Role::SubjectTeacher, 1, [0, 0, 0, 0, 0])]
    #[case::subject_teacher_own_visits(Role::SubjectTeacher, 7, [1, 1, 1, 0, 2])]
    #[case::cadre_nothing(Role::Cadre, 1, [0, 0, 0, 0, 0])]
    fn shows_each_role_its_part(#[case] role: Role, #[case] user: u128, #[case] expect: [usize; 5]) {
        let grant = Grant { role, scope: Scope::School(SchoolId(SCHOOL)), cadre: None };
        let actor = Actor {
            user: UserId(Uuid::from_u128(user)),
            county: CountyId(Uuid::from_u128(2)),
            name: String::new(),
            phone: String::new(),
            grants: vec![grant],
        };
        let place = Place { county: Some(actor.county), scopes: vec![SCHOOL], open: true };
        let seen = state().seen_by(&actor, &place);
        let visits = |kind: VisitKind| seen.visits.iter().filter(|v| v.kind == kind).count();
        let reviews = seen.visits.iter().filter(|v| v.review.is_some()).count().min(1);
        let fields = seen.basics.as_ref().unwrap().fields();
        let phones = fields.keys().filter(|field| field.ends_with("phone")).count();
        assert_eq!(
            [
                visits(VisitKind::HomeVisit),
                visits(VisitKind::DoorKnock),
                reviews,
                seen.proposals.len(),
                phones
            ],
            expect
        );
        assert!(seen.roster.is_empty());
    }
}
