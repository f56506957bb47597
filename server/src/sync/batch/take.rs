//! One entry after the other: may it stand, and what it changes.

use super::{Arrived, Batch, File};
use crate::sync::held::{Held, Knock};
use domain::access::{Facet, Place, may_write};
use domain::calendar::local_date;
use domain::duty;
use domain::entry::{Body, Entry, Kind, Subject, receipt_number};
use domain::ids::{EntryId, SchoolId};
use domain::judge::{Facts, Known, KnownKnock, Verdict, about, judge, refers_to};
use domain::problem::Problem;
use domain::student::{Basics, Recorded};
use domain::sync::Answer;
use domain::visit::Visit;
use std::collections::btree_map;

impl<'a> Batch<'a> {
    pub(super) fn take(&mut self, arrived: &'a Arrived) -> Answer {
        let entry = &arrived.entry;
        if let Some(answer) = self.taken(arrived) {
            return answer;
        }
        let number = receipt_number(entry.id, arrived.at);
        match self.judge(arrived) {
            Verdict::Accept => {
                self.accept(arrived);
                Answer::Accepted { number, received_at: arrived.at }
            }
            Verdict::Quarantine => match self.office_of(arrived) {
                Some(school) => {
                    self.keep_for_the_office(arrived, school);
                    Answer::Quarantined { number }
                }
                // Kept, nobody would ever look at it.
                None => Answer::Refused { problems: vec![Problem::of("NOBODY_TO_ASK")] },
            },
            Verdict::Refuse(problems) => Answer::Refused { problems },
        }
    }

    /// The answer to an id that is here already: the same entry, sent by a phone that had to number
    /// its entries anew, or another one, which is never merged silently.
    fn taken(&self, arrived: &Arrived) -> Option<Answer> {
        let refused = || Answer::Refused { problems: vec![Problem::at("id", "ID_TAKEN")] };
        let entry = &arrived.entry;
        let Some(taken) = self.taken.get(&entry.id) else {
            let twice = self.known.contains_key(&entry.id)
                || self.new.quarantined.iter().any(|(other, _)| other.entry.id == entry.id);
            return twice.then(refused);
        };
        let same = taken.author == self.author.actor.user
            && taken.raw.as_ref().is_some_and(|raw| {
                serde_json::from_str::<Entry>(raw).is_ok_and(|before| {
                    Entry { writer: before.writer, seq: before.seq, ..entry.clone() } == before
                })
            });
        let number = receipt_number(entry.id, taken.at);
        Some(match (same, taken.quarantined) {
            (true, false) => Answer::Accepted { number, received_at: taken.at },
            (true, true) => Answer::Quarantined { number },
            (false, _) => refused(),
        })
    }

    fn judge(&self, arrived: &Arrived) -> Verdict {
        let entry = &arrived.entry;
        let file = entry.subject.student().and_then(|id| self.files.get(&id));
        let place = self.place(entry, file);
        let knock = entry.knock.and_then(|id| self.knocks.get(&id));
        let facts = Facts {
            place: place.as_ref(),
            state: about(entry).and_then(|id| self.files.get(&id)).map(|f| &f.state),
            referred: refers_to(entry).and_then(|id| self.known.get(&id)).copied(),
            knock: knock.map(|k| KnownKnock { author: k.author, village: k.village, seal: k.seal.as_ref() }),
            had_right: self.had_right(entry, place.as_ref()),
        };
        match judge(&self.author.actor, entry, &facts) {
            Verdict::Accept => match self.places_unknown(entry, file) {
                problems if problems.is_empty() => Verdict::Accept,
                problems => Verdict::Refuse(problems),
            },
            verdict => verdict,
        }
    }

    fn place(&self, entry: &Entry, file: Option<&File>) -> Option<Place> {
        match entry.subject {
            Subject::School(id) => self.around.place_of_school(id),
            Subject::Village(id) => self.around.place_of_village(id),
            Subject::Student(_) => match (file, &entry.body) {
                (Some(file), _) => self.place_of(file),
                // A file begins where the roster says the child belongs.
                (None, Body::Enrolment(enrolment)) => enrolment.basics.as_ref().map(|basics| Place {
                    county: Some(self.around.county),
                    scopes: self.around.scopes(basics, false),
                    open: false,
                }),
                _ => None,
            },
        }
    }

    /// Honest work of yesterday: allowed at the phone's last pull, though no longer now.
    fn had_right(&self, entry: &Entry, place: Option<&Place>) -> bool {
        let (Some(place), Some(facet)) = (place, Facet::of(&entry.body)) else { return false };
        if self.by_office {
            return true;
        }
        let mut then = self.author.actor.clone();
        then.grants.extend(self.past.grants.iter().cloned());
        let mut there = place.clone();
        let scopes = entry.subject.student().and_then(|id| self.past.scopes.get(&id));
        there.scopes.extend(scopes.into_iter().flatten());
        may_write(&then, facet, &there)
    }

    /// A class, school or village that this county does not have.
    fn places_unknown(&self, entry: &Entry, file: Option<&File>) -> Vec<Problem> {
        let basics = match &entry.body {
            Body::Enrolment(enrolment) => enrolment.basics.clone(),
            Body::Register(register) if matches!(register.field.as_str(), "class" | "village") => {
                file.and_then(|f| f.state.basics.clone()).map(|mut basics| {
                    basics.set(&register.field, register.to.as_deref());
                    basics
                })
            }
            _ => None,
        };
        basics.map(|basics| self.unknown_of(&basics)).unwrap_or_default()
    }

    fn unknown_of(&self, basics: &Basics) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.around.class(basics.class).is_none_or(|class| class.school != basics.school) {
            problems.push(Problem::at("class", "CLASS_UNKNOWN"));
        }
        if basics.village.is_some_and(|village| self.around.place_of_village(village).is_none()) {
            problems.push(Problem::at("village", "VILLAGE_UNKNOWN"));
        }
        problems
    }

    fn school_of(&self, entry: &Entry) -> Option<SchoolId> {
        match entry.subject {
            Subject::School(id) => Some(id).filter(|id| self.around.has_school(*id)),
            Subject::Student(id) => self.files.get(&id)?.school(),
            Subject::Village(_) => None,
        }
    }

    /// The school whose office decides about an entry: what is about a village is of the school whose visit,
    /// or whose child, it speaks of.
    fn office_of(&self, arrived: &Arrived) -> Option<SchoolId> {
        let entry = &arrived.entry;
        let Subject::Village(village) = entry.subject else { return self.school_of(entry) };
        if let Some(child) = about(entry) {
            return self.files.get(&child)?.school();
        }
        let knock = match (&entry.body, entry.knock) {
            (_, Some(knock)) => knock,
            (Body::Confirmation(said), None) => {
                Held::of(arrived, self.author, village, said).find(&self.knocks, self.around)?
            }
            (Body::Dispute(dispute), None) => {
                self.held.iter().find(|held| held.answer.entry == dispute.of)?.knock?
            }
            _ => return None,
        };
        self.knocks.get(&knock)?.school
    }

    fn keep_for_the_office(&mut self, arrived: &'a Arrived, school: SchoolId) {
        let entry = &arrived.entry;
        self.new.quarantined.push((arrived, school));
        let (student, by) = (entry.subject.student(), &self.author.actor.name);
        let calendar = &self.around.at(school).calendar;
        let on = local_date(arrived.at);
        self.new.duties.push(duty::quarantined(school, student, entry.id, by, on, calendar));
    }

    fn accept(&mut self, arrived: &'a Arrived) {
        let entry = &arrived.entry;
        self.new.entries.push(arrived);
        let author = &self.author.actor;
        let known = Known {
            author: author.user,
            kind: entry.body.kind(),
            subject: entry.subject,
            signed_in: self.author.signed_in && Facet::of(&entry.body) == Some(Facet::Of(Kind::Confirmation)),
        };
        self.known.insert(entry.id, known);
        let recorded =
            Recorded { entry, author: author.user, author_name: &author.name, received_at: arrived.at };
        if let Subject::Student(id) = entry.subject {
            self.files.entry(id).or_default().state.fold(&recorded);
        }
        let on = local_date(arrived.at);
        match (&entry.body, entry.subject) {
            (Body::Visit(visit), _) => self.visited(arrived, visit),
            (Body::Withdrawal(withdrawal), _) => self.new.withdrawn.push(withdrawal.of),
            (Body::Confirmation(said), Subject::Village(village)) => {
                let held = Held::of(arrived, self.author, village, said);
                self.answered(held, entry.supersedes);
            }
            (Body::Dispute(dispute), _) => self.disowned(dispute.of),
            (Body::VillageNote(note), _) => {
                let told = note.about.and_then(|id| self.files.get_mut(&id));
                if let Some(file) = told {
                    file.state.hear(&recorded, note);
                }
            }
            (Body::FoundChild(found), Subject::School(school)) => {
                let calendar = &self.around.at(school).calendar;
                let duty = duty::found_child(school, entry.id, found, &author.name, on, calendar);
                self.new.duties.extend(duty);
            }
            (Body::Settlement(settlement), Subject::School(school)) => {
                self.new.settled.push(duty::settled(school, settlement));
            }
            (Body::SafeguardingReport(_), Subject::Student(student)) => {
                let school = self.school_of(entry);
                let duties = school.map(|school| duty::safeguarding(school, student, entry.id, on));
                self.new.duties.extend(duties.into_iter().flatten());
            }
            (Body::SafeguardingHandled(handled), _) => {
                self.new.settled.extend(duty::handled(handled.of));
            }
            _ => {}
        }
    }

    fn visited(&mut self, arrived: &'a Arrived, visit: &Visit) {
        let entry = &arrived.entry;
        self.new.visits.push(arrived);
        self.new.superseded.extend(entry.supersedes.map(|old| (old, entry.id)));
        let (Some(knock), Some(student)) = (entry.knock, entry.subject.student()) else { return };
        let now = Knock {
            author: self.author.actor.user,
            village: visit.village,
            household: visit.household.clone(),
            visited_on: local_date(visit.started_at),
            seal: visit.seal.clone(),
            school: self.school_of(entry),
        };
        match self.knocks.entry(knock) {
            btree_map::Entry::Vacant(slot) => drop(slot.insert(now)),
            // A sibling's entry says the same again; a correction says the newest.
            btree_map::Entry::Occupied(mut slot) if entry.supersedes.is_some() => drop(slot.insert(now)),
            btree_map::Entry::Occupied(_) => {}
        }
        self.new.knocks.insert(knock);
        let Some(file) = self.files.get_mut(&student) else { return };
        for held in self.held.iter_mut().filter(|held| !held.gone) {
            if held.find(&self.knocks, self.around) == Some(knock) {
                held.changed |= !held.matched;
                held.matched = true;
                held.knock = Some(knock);
                file.state.answer(knock, &held.answer);
            }
        }
    }

    fn answered(&mut self, mut held: Held, instead_of: Option<EntryId>) {
        if let Some(old) = instead_of {
            for before in self.held.iter_mut().filter(|before| before.answer.entry == old) {
                before.gone = true;
                before.changed = true;
            }
            for file in self.files.values_mut() {
                file.state.unanswer(old);
            }
        }
        if let Some(knock) = held.find(&self.knocks, self.around) {
            held.matched = true;
            held.knock = Some(knock);
            for file in self.files.values_mut() {
                file.state.answer(knock, &held.answer);
            }
        }
        self.held.push(held);
    }

    fn disowned(&mut self, of: EntryId) {
        for held in self.held.iter_mut().filter(|held| held.answer.entry == of) {
            held.answer.disputed = true;
            held.changed = true;
        }
        for file in self.files.values_mut() {
            file.state.dispute(of);
        }
    }
}
