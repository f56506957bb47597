//! The village's answers and the knocks they are about. Either may arrive first: an answer waits here
//! until a visit comes whose seal it opens, and stays for entries of siblings that come later still.

use super::batch::{Arrived, Author};
use super::surroundings::Surroundings;
use chrono::{Days, NaiveDate};
use domain::calendar::local_date;
use domain::confirmation::{Answer, Confirmation, Proof, Seal, Strength, code_day_fits, opens};
use domain::entry::{Subject, clock_is_doubtful};
use domain::ids::{KnockId, SchoolId, UserId, VillageId};
use std::collections::BTreeMap;

/// A knock whose visit has arrived.
#[derive(Clone, Debug)]
pub(super) struct Knock {
    pub author: UserId,
    pub village: VillageId,
    pub household: String,
    pub visited_on: NaiveDate,
    /// `None` when the village is not asked.
    pub seal: Option<Seal>,
    /// The school of the child visited, whose settings and office count.
    pub school: Option<SchoolId>,
}

/// An answer of the village.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub village: VillageId,
    /// The knock it names, or was found to be about.
    pub knock: Option<KnockId>,
    pub author: UserId,
    pub proof: Proof,
    pub answer: Answer,
    /// By the device's clock.
    pub answered_on: NaiveDate,
    /// By the server's.
    pub received_on: NaiveDate,
    /// It opened the seal and stands beside the visit.
    pub matched: bool,
    /// Another stands instead of it.
    pub gone: bool,
    /// To be written.
    pub changed: bool,
}

impl Held {
    pub(super) fn of(arrived: &Arrived, author: &Author, village: VillageId, said: &Confirmation) -> Self {
        let entry = &arrived.entry;
        let strength = Strength::of(&said.proof, author.signed_in);
        let signed_in = strength == Strength::SignedIn;
        // A signed answer may have waited on the phone.
        let plausible = signed_in && !clock_is_doubtful(entry.recorded_at, arrived.at);
        let at = if plausible { entry.recorded_at.min(arrived.at) } else { arrived.at };
        let answer = Answer {
            entry: entry.id,
            result: said.result.clone(),
            strength,
            role: said.role.clone(),
            name: if signed_in { Some(author.actor.name.clone()) } else { said.name.clone() },
            user: signed_in.then_some(author.actor.user),
            at,
            shown: said.shown.clone(),
            discrepancies: said.discrepancies.clone(),
            comment: said.comment.clone(),
            disputed: false,
        };
        Self {
            village,
            knock: entry.knock,
            author: author.actor.user,
            proof: said.proof.clone(),
            answer,
            answered_on: local_date(entry.recorded_at),
            received_on: local_date(arrived.at),
            matched: false,
            gone: false,
            changed: true,
        }
    }

    /// The code that was typed, for an answer that names no knock.
    pub(super) fn code(&self) -> Option<&str> {
        match &self.proof {
            Proof::Code(code) if self.knock.is_none() => Some(code),
            _ => None,
        }
    }

    /// The knock this answer is about, if its visit is here.
    pub(super) fn find(&self, knocks: &BTreeMap<KnockId, Knock>, around: &Surroundings) -> Option<KnockId> {
        if self.matched {
            return self.knock;
        }
        match self.knock {
            Some(id) => Some(id).filter(|id| knocks.get(id).is_some_and(|k| self.fits(k, around))),
            None => knocks
                .iter()
                .filter(|(_, k)| {
                    let near = |day| code_day_fits(k.visited_on, day);
                    self.fits(k, around) && (near(self.answered_on) || near(self.received_on))
                })
                .max_by_key(|(_, k)| k.visited_on)
                .map(|(id, _)| *id),
        }
    }

    fn fits(&self, knock: &Knock, around: &Surroundings) -> bool {
        let opens = knock
            .seal
            .as_ref()
            .is_some_and(|seal| opens(seal, knock.village, Subject::Village(self.village), &self.proof));
        let by_its_teacher =
            !matches!(self.proof, Proof::TeachersPhone | Proof::Paper) || self.author == knock.author;
        let policy = &around.of(knock.school).policy;
        let last_day = knock.visited_on + Days::new(u64::from(policy.answer_expires_days));
        let in_time = self.answer.strength != Strength::ByCode || self.received_on <= last_day;
        opens && by_its_teacher && in_time
    }
}
