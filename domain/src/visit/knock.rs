//! A knock on a door as its author finds it again: the entries that stand, one a child, whether they
//! are still on the phone, at the school, or given back. From it follow 存好了, 改一下, 晚上补几句 and 撤回.

use super::companion::tick_only;
use super::form::{ChildLine, Earlier, FollowUp, Nobody, Person, Step, VisitForm};
use super::opening::{Errand, open};
use super::{Visit, Withdrawal};
use crate::actor::Actor;
use crate::calendar::{local_date, local_time};
use crate::confirmation::{Seal, Secret};
use crate::directory::{Directory, household_label};
use crate::entry::{Body, Entry, Subject};
use crate::found_child::FoundChild;
use crate::ids::{EntryId, KnockId, StudentId};
use crate::problem::Problem;
use crate::sighting::Sighting;
use crate::sync::{NewEntry, Queued, Replica};
use crate::vocabulary::{Outcome, Relation, Whereabouts};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A knock of this phone's person.
#[derive(Clone, Debug, PartialEq)]
pub struct Knock {
    /// Its id.
    pub id: KnockId,
    /// The visits that stand, one a child.
    pub visits: Vec<Standing>,
    /// The sightings that stand.
    pub sightings: Vec<(StudentId, EntryId, Sighting)>,
}

/// A visit that stands in one child's file.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The child.
    pub student: StudentId,
    /// The child's name, if the child is on this phone.
    pub name: Option<String>,
    /// The entry.
    pub entry: EntryId,
    /// When the phone wrote it down.
    pub recorded_at: DateTime<Utc>,
    /// The server gave it back.
    pub refused: bool,
    /// What it says.
    pub visit: Visit,
}

/// What a form corrects: the entries of its knock as they stand, and of them what the form itself
/// does not ask.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// Visits that stand, by child.
    pub visits: Vec<(StudentId, EntryId)>,
    /// Sightings that stand.
    #[serde(default)]
    pub sightings: Vec<(StudentId, EntryId, Sighting)>,
    /// Entries the server gave back, which this form replaces.
    #[serde(default)]
    pub mends: Vec<EntryId>,
    /// Where the children were and why was asked then: it stays asked, whatever was learned since.
    #[serde(default)]
    pub situation: bool,
    /// When the visit began, as it stands: its end is kept with it and dropped when it moves.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    #[serde(default)]
    pub ended_at: Option<DateTime<Utc>>,
    /// The seal that codes already shown belong to.
    #[serde(default)]
    pub seal: Option<Seal>,
}

impl Knock {
    /// Finds what this person wrote of a knock; `None` if nothing of it stands or is here.
    pub fn find(id: KnockId, replica: &Replica, me: &Actor) -> Option<Self> {
        let queued = replica.outbox.iter().filter(|q| q.entry.knock == Some(id));
        let named = id.to_string();
        let pulled = replica.caseload.files.values().filter(|file| {
            file.entries.may_mention(&named)
                && file.entries.iter().any(|seen| seen.entry.knock == Some(id) && seen.author == me.user)
        });
        let students: BTreeSet<StudentId> = queued
            .clone()
            .filter_map(|q| q.entry.subject.student())
            .chain(pulled.map(|file| file.student.id))
            .collect();
        let mut knock = Self { id, visits: Vec::new(), sightings: Vec::new() };
        for student in students {
            let file = replica.file(student, me);
            let name = file.as_ref().and_then(|f| f.student.state.basics.as_ref()).map(|b| b.name.clone());
            let of_file = file.iter().flat_map(|f| &f.entries).filter(|seen| seen.author == me.user);
            let mut entries: Vec<(&Entry, bool)> = of_file.map(|seen| (&seen.entry, false)).collect();
            for q in replica.outbox.iter().filter(|q| q.entry.subject == Subject::Student(student)) {
                if !entries.iter().any(|(entry, _)| entry.id == q.entry.id) {
                    entries.push((&q.entry, q.progress.is_back()));
                }
            }
            let gone: BTreeSet<EntryId> = entries
                .iter()
                .filter(|(_, refused)| !refused)
                .filter_map(|(entry, _)| replaces(entry))
                .collect();
            let standing =
                entries.iter().filter(|(entry, _)| entry.knock == Some(id) && !gone.contains(&entry.id));
            for (entry, refused) in standing {
                match &entry.body {
                    Body::Visit(visit) => {
                        // A visit that was given back stands only until something stands instead.
                        let of_child = |v: &Standing| v.student == student;
                        if *refused && knock.visits.iter().any(of_child) {
                            continue;
                        }
                        knock.visits.retain(|v| !of_child(v));
                        knock.visits.push(Standing {
                            student,
                            name: name.clone(),
                            entry: entry.id,
                            recorded_at: entry.recorded_at,
                            refused: *refused,
                            visit: visit.clone(),
                        });
                    }
                    Body::Sighting(sighting) if !refused => {
                        knock.sightings.retain(|(of, ..)| *of != student);
                        knock.sightings.push((student, entry.id, sighting.clone()));
                    }
                    _ => {}
                }
            }
        }
        let label = knock.visits.first().map(|v| v.visit.household.clone())?;
        // The child whose name the household bears comes first, as on the form.
        knock.visits.sort_by_key(|v| v.name.as_deref().map(household_label) != Some(label.clone()));
        Some(knock)
    }

    /// The visit that speaks for the knock: what all share is the same in each.
    pub fn first(&self) -> Option<&Standing> {
        self.visits.first()
    }

    /// 家里还有孩子: what this phone wrote down together with the knock. Where these children belong is
    /// for the office to find out, whatever becomes of the visit.
    pub fn found(&self, replica: &Replica) -> Vec<FoundChild> {
        let of_knock = |queued: &&Queued| {
            let at = queued.entry.recorded_at;
            replica.outbox.iter().any(|q| q.entry.knock == Some(self.id) && q.entry.recorded_at == at)
        };
        let household = self.first().map(|v| &v.visit.household);
        let found = replica.outbox.iter().filter(of_knock).filter_map(|queued| match &queued.entry.body {
            Body::FoundChild(found) if Some(&found.household) == household => Some(found.clone()),
            _ => None,
        });
        found.collect()
    }

    /// 撤回: takes every entry of the knock back, because it was the wrong house; each with the entry that it
    /// stands instead of, if it is no withdrawal.
    pub fn withdraw(&self, why: Option<&str>) -> Vec<(Subject, Option<EntryId>, Body)> {
        let visits = self.visits.iter().filter(|v| !v.refused).map(|v| {
            let (subject, body) = withdrawal(v.student, v.entry, why);
            (subject, None, body)
        });
        let seen = self.sightings.iter().filter(|(.., sighting)| sighting.seen);
        visits
            .chain(seen.map(|(student, entry, sighting)| {
                (Subject::Student(*student), Some(*entry), Body::Sighting(unseen(sighting)))
            }))
            .collect()
    }

    /// 改一下: the form as it was filled in, to be recorded in its place. Of a form opened now it takes
    /// what can be chosen, never what is chosen there: that speaks of now, not of the visit.
    pub fn reopen(&self, replica: &Replica, me: &Actor, now: DateTime<Utc>) -> Option<VisitForm> {
        let first = self.first()?;
        let visit = &first.visit;
        let errand = Errand { student: first.student, duty: None, kind: Some(visit.kind.clone()) };
        let fresh = open(&errand, replica, me, self.id, now)?;
        let nobody = !matches!(visit.outcome, Outcome::Met | Outcome::PhoneOnly);
        let mut form = VisitForm {
            household: visit.household.clone(),
            village: Some(visit.village),
            opened_at: visit.started_at,
            earlier: Some(Earlier {
                on: local_date(visit.started_at),
                at: Some(local_time(visit.started_at)),
            }),
            purposes: visit.purposes.clone(),
            planned_on: visit.planned_on,
            no_village: visit.no_village.clone(),
            nobody: nobody.then(|| Nobody {
                outcome: Some(visit.outcome.clone()),
                left_note: visit.left_note,
                asked_neighbour: visit.asked_neighbour,
            }),
            asks_language: true,
            language: visit.language.clone(),
            interpreter: visit.interpreter.clone(),
            // With nobody there it follows from the outcome; it was not said.
            guardian_attitude: visit.guardian_attitude.clone().filter(|_| !nobody),
            commitments: visit.commitments.clone(),
            follow_up: Some(visit.next_follow_up_on.map_or(FollowUp::None, FollowUp::On)),
            explained_rules: visit.explained_rules,
            remark: visit.remark.clone().unwrap_or_default(),
            difficulties: visit.difficulties.clone(),
            signature: visit.signature.clone(),
            step: Step::Who,
            corrects: Some(self.correction(visit)),
            ..fresh
        };
        for commitment in &mut form.commitments {
            commitment.who = None;
        }
        tick_only(&mut form.companions, visit, me, &replica.directory);
        self.lay_people(&mut form, visit);
        self.lay_children(&mut form, visit);
        Some(form)
    }

    fn correction(&self, visit: &Visit) -> Correction {
        let (mends, visits): (Vec<_>, Vec<_>) = self.visits.iter().partition(|v| v.refused);
        Correction {
            situation: self.asked_situation(),
            visits: visits.iter().map(|v| (v.student, v.entry)).collect(),
            sightings: self.sightings.clone(),
            mends: mends.iter().map(|v| v.entry).collect(),
            started_at: visit.started_at,
            ended_at: visit.ended_at,
            seal: visit.seal.clone(),
        }
    }

    /// Whether the form asked where the children were and why: then each visit says one of these.
    fn asked_situation(&self) -> bool {
        self.visits.iter().any(|v| {
            v.visit.whereabouts.is_some() || v.visit.student_attitude.is_some() || !v.visit.causes.is_empty()
        })
    }

    fn lay_people(&self, form: &mut VisitForm, visit: &Visit) {
        // Somebody the file names no longer was met all the same.
        let spoken = visit.met.iter().map(|m| (&m.relation, m.guardian));
        let spoken = spoken.chain(visit.calls.iter().map(|c| (&c.relation, None)));
        for (relation, guardian) in spoken {
            let child = matches!(relation, Relation::Student | Relation::Sibling);
            let stands = form
                .people
                .iter()
                .any(|p| p.relation == *relation && (guardian.is_none() || p.guardian == guardian));
            if !child && !stands {
                form.people.push(Person { guardian, ..Person::stranger(relation.clone()) });
            }
        }
        for person in &mut form.people {
            let met = visit.met.iter().find(|m| {
                m.relation == person.relation && (m.guardian.is_none() || m.guardian == person.guardian)
            });
            person.met = met.is_some();
            person.called = met.and_then(|m| m.called.clone()).unwrap_or_default();
            person.call =
                visit.calls.iter().find(|c| c.relation == person.relation).map(|c| c.result.clone());
        }
    }

    fn lay_children(&self, form: &mut VisitForm, visit: &Visit) {
        let met = |relation: &Relation| visit.met.iter().filter(|m| m.relation == *relation).count();
        let first_met = met(&Relation::Student) > 0;
        let mut siblings_met = met(&Relation::Sibling);
        // One who stands on the form no more is not one of those who do.
        let seen = self
            .sightings
            .iter()
            .filter(|(of, _, sighting)| sighting.seen && !form.children.iter().any(|c| c.student == *of));
        siblings_met = siblings_met.saturating_sub(seen.count());
        let first = self.visits.first().map(|v| v.student);
        for standing in &self.visits {
            // A child who left the household in the file since is still one of this visit.
            if !form.children.iter().any(|c| c.student == standing.student) {
                let name = standing.name.clone().unwrap_or_default();
                form.children
                    .push(ChildLine { own: true, ..ChildLine::new(standing.student, name, String::new()) });
            }
        }
        let asked = self.asked_situation();
        for child in &mut form.children {
            child.ticked = false;
            if let Some(standing) = self.visits.iter().find(|v| v.student == child.student) {
                child.ticked = true;
                child.own = true;
                // Missing since the visit, or not known to be missing then: the visit says nothing of it.
                child.absent_since = child.absent_since.filter(|_| asked);
                child.whereabouts = standing.visit.whereabouts.clone();
                child.causes = standing.visit.causes.clone();
                child.attitude = standing.visit.student_attitude.clone();
            }
            if let Some((_, _, sighting)) = self.sightings.iter().find(|(of, ..)| *of == child.student) {
                child.met = sighting.seen;
                child.whereabouts = Some(sighting.whereabouts.clone());
                siblings_met = siblings_met.saturating_sub(usize::from(sighting.seen));
            } else if Some(child.student) == first {
                child.met = first_met;
            }
        }
        // Which of several siblings was met an entry does not say: those at home, in order.
        for child in &mut form.children {
            let candidate = child.own && Some(child.student) != first && siblings_met > 0;
            if candidate && child.whereabouts.as_ref().is_none_or(|w| *w == Whereabouts::Home) {
                child.met = true;
                siblings_met -= 1;
            }
        }
    }
}

/// The entry that counts no more because of this one.
pub(super) fn replaces(entry: &Entry) -> Option<EntryId> {
    entry.supersedes.or(match &entry.body {
        Body::Withdrawal(withdrawal) => Some(withdrawal.of),
        _ => None,
    })
}

/// Not seen after all. The author has no say over another school's file: it is a new word about the child, not
/// a withdrawal.
const fn unseen(sighting: &Sighting) -> Sighting {
    Sighting { seen: false, whereabouts: Whereabouts::NotKnown, on: sighting.on }
}

fn withdrawal(student: StudentId, of: EntryId, why: Option<&str>) -> (Subject, Body) {
    (Subject::Student(student), Body::Withdrawal(Withdrawal { of, why: why.map(Into::into) }))
}

impl VisitForm {
    /// 五村 阿依古丽家: what a list calls the entries of this form.
    pub fn label(&self, directory: &Directory) -> String {
        let village = self.village.and_then(|id| directory.village(id)).map(|v| v.name.as_str());
        format!("{} {}", village.unwrap_or_default(), self.household).trim().to_owned()
    }

    /// What 存到手机 writes, ready for the outbox: a correction takes the place of what it corrects
    /// for every child of the knock, takes back what is no longer ticked, and leaves alone what says
    /// the same.
    ///
    /// # Errors
    /// As `record`.
    pub fn entries(
        &self,
        directory: &Directory,
        secret: &Secret,
        now: DateTime<Utc>,
        mut id: impl FnMut() -> EntryId,
    ) -> Result<Vec<NewEntry>, Vec<Problem>> {
        let label = self.label(directory);
        let recorded = self.record(&directory.calendar, secret, now)?;
        let old = self.corrects.clone().unwrap_or_default();
        let mut new = Vec::with_capacity(recorded.len());
        let mut push = |subject, supersedes, body: Body| {
            let knock = matches!(body, Body::Visit(_) | Body::Sighting(_)).then_some(self.knock);
            new.push(NewEntry { id: id(), subject, knock, supersedes, body, label: label.clone() });
        };
        for (subject, body) in recorded {
            let student = subject.student();
            let stood = |of: &StudentId| Some(*of) == student;
            match &body {
                Body::Visit(_) => {
                    let supersedes = old.visits.iter().find(|(of, _)| stood(of)).map(|(_, entry)| *entry);
                    push(subject, supersedes, body);
                }
                Body::Sighting(sighting) => match old.sightings.iter().find(|(of, ..)| stood(of)) {
                    Some((_, _, same)) if same == sighting => {}
                    Some((_, entry, _)) => push(subject, Some(*entry), body),
                    None => push(subject, None, body),
                },
                _ => push(subject, None, body),
            }
        }
        for (student, entry) in &old.visits {
            let kept = self.children.iter().any(|c| c.student == *student && c.own && c.ticked);
            if !kept {
                let (subject, body) = withdrawal(*student, *entry, None);
                push(subject, None, body);
            }
        }
        for (student, entry, sighting) in &old.sightings {
            // A child who does not stand on the form cannot have been changed on it.
            let line = self.children.iter().find(|c| c.student == *student);
            let changed = line.is_some_and(|c| c.doubted || c.sighting(self.day()).is_none());
            if changed {
                push(Subject::Student(*student), Some(*entry), Body::Sighting(unseen(sighting)));
            }
        }
        Ok(new)
    }
}
