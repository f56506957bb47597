//! What a form says once it is written down: the entries it becomes.

use super::VisitForm;
use crate::calendar::Calendar;
use crate::confirmation::{Seal, Secret};
use crate::entry::{Body, Subject};
use crate::found_child::FoundChild;
use crate::ids::VillageId;
use crate::problem::Problem;
use crate::register::HouseholdDoubt;
use crate::visit::{Call, Commitment, Met, Participant, Visit, needs_confirmation};
use crate::vocabulary::{GuardianAttitude, Outcome, Party, Relation, VisitKind};
use chrono::{DateTime, Utc};

/// Hours after opening within which 存到手机 also says when the visit ended. Later the form was
/// finished somewhere else, and an end is never invented (ux C10).
const ON_THE_SPOT_HOURS: i64 = 3;

impl VisitForm {
    /// What this form says: a visit for each ticked child of one's own, a sighting for each child of
    /// another school that was seen, a found child for each that no roster knows. `secret` is fresh
    /// randomness of the device; `now` is the moment of 存到手机.
    ///
    /// # Errors
    /// Every field that keeps it from being a visit, none of them lost: the form stays as it is.
    pub fn record(
        &self,
        calendar: &Calendar,
        secret: &Secret,
        now: DateTime<Utc>,
    ) -> Result<Vec<(Subject, Body)>, Vec<Problem>> {
        let problems = self.problems(calendar, now);
        let (Some(outcome), Some(village), true) = (self.outcome(), self.village, problems.is_empty()) else {
            return Err(problems);
        };
        let shared = self.shared(calendar, secret, now, outcome, village);
        let asks = self.asks_situation() && self.nobody.is_none();
        let visits = self.children.iter().filter(|c| c.own && c.ticked).map(|child| {
            let visit = Visit {
                whereabouts: child.seen_where().filter(|_| asks),
                causes: if asks { child.causes.clone() } else { Vec::new() },
                student_attitude: child.said(asks),
                ..shared.clone()
            };
            (Subject::Student(child.student), Body::Visit(visit))
        });
        let sightings = self.children.iter().filter(|c| !c.own && !c.doubted).filter_map(|child| {
            Some((Subject::Student(child.student), Body::Sighting(child.sighting(self.day())?)))
        });
        let found = self.found.iter().map(|line| {
            let found = FoundChild {
                name: line.name.trim().to_owned(),
                schooling: line.schooling.clone(),
                about: said(&line.about),
                household: self.household.clone(),
                village,
            };
            (Subject::School(self.school), Body::FoundChild(found))
        });
        let first = self.children.iter().find(|c| c.own && c.ticked).map(|c| c.student);
        let doubts = self.children.iter().filter(|c| c.doubted).filter_map(|child| {
            let doubt = HouseholdDoubt { other: child.student };
            Some((Subject::Student(first?), Body::HouseholdDoubt(doubt)))
        });
        Ok(visits.chain(sightings).chain(found).chain(doubts).collect())
    }

    /// What all children of the household share.
    fn shared(
        &self,
        calendar: &Calendar,
        secret: &Secret,
        now: DateTime<Utc>,
        outcome: Outcome,
        village: VillageId,
    ) -> Visit {
        let met = self.nobody.is_none();
        let kept = self.corrects.as_ref();
        let seal = needs_confirmation(&self.kind, &self.purposes)
            .then(|| kept.and_then(|c| c.seal.clone()).unwrap_or_else(|| Seal::of(secret)));
        Visit {
            kind: self.kind.clone(),
            purposes: self.purposes.clone(),
            planned_on: self.planned_on,
            started_at: self.started_at(),
            ended_at: self.ended_at(now),
            household: self.household.clone(),
            village,
            participants: self
                .companions
                .iter()
                .enumerate()
                .filter(|(at, companion)| *at == 0 || companion.ticked)
                .map(|(_, c)| Participant { user: c.user, name: c.name.clone(), side: c.side.clone() })
                .collect(),
            no_village: self.no_village.clone().filter(|_| self.kind == VisitKind::DoorKnock),
            met: self.met(),
            calls: self
                .people
                .iter()
                .filter_map(|p| Some(Call { relation: p.relation.clone(), result: p.call.clone()? }))
                .collect(),
            left_note: self.nobody.as_ref().is_some_and(|n| n.left_note),
            asked_neighbour: self.nobody.as_ref().is_some_and(|n| n.asked_neighbour),
            language: self.language.clone().filter(|_| met),
            interpreter: self.interpreter.clone().filter(|_| met),
            whereabouts: None,
            causes: Vec::new(),
            student_attitude: None,
            guardian_attitude: self.attitude(&outcome),
            explained_rules: self.explained_rules && met,
            commitments: if met { self.promised() } else { Vec::new() },
            next_follow_up_on: self.next_follow_up_on(calendar),
            remark: said(&self.remark),
            difficulties: if met { self.difficulties.clone() } else { Vec::new() },
            signature: self.signature.clone().filter(|_| met),
            outcome,
            seal,
        }
    }

    fn ended_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match &self.corrects {
            Some(kept) => kept.ended_at.filter(|_| kept.started_at == self.started_at()),
            None => {
                let since = now - self.opened_at;
                let on_the_spot =
                    self.earlier.is_none() && (0..=ON_THE_SPOT_HOURS * 60).contains(&since.num_minutes());
                on_the_spot.then_some(now)
            }
        }
    }

    /// 家长态度: what was said to those who were met or reached, else what follows from the result.
    fn attitude(&self, outcome: &Outcome) -> Option<GuardianAttitude> {
        match outcome {
            Outcome::NotHome | Outcome::Moved | Outcome::WrongAddress => Some(GuardianAttitude::Unreachable),
            _ => self.guardian_attitude.clone().filter(|_| self.spoken_to().is_some()),
        }
    }

    fn promised(&self) -> Vec<Commitment> {
        let who = self.spoken_to().map(|p| p.relation.clone());
        self.commitments
            .iter()
            .cloned()
            .map(|c| Commitment { who: if c.by == Party::Family { who.clone() } else { None }, ..c })
            .collect()
    }

    fn met(&self) -> Vec<Met> {
        let people = self.people.iter().filter(|p| p.met).map(|p| Met {
            relation: p.relation.clone(),
            called: said(&p.called),
            guardian: p.guardian,
        });
        let first = self.children.iter().find(|c| c.own && c.ticked).map(|c| c.student);
        let children = self.children.iter().filter(|c| c.met && !c.doubted).map(|c| Met {
            relation: if Some(c.student) == first { Relation::Student } else { Relation::Sibling },
            called: None,
            guardian: None,
        });
        people.chain(children).collect()
    }
}

fn said(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
