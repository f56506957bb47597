//! What every screen of the form shares: the form, its problems, going on, and 存到手机.

use super::trail::Trail;
use super::{draft_key, secret_key};
use crate::device;
use crate::local::LocalError;
use crate::phone::{Autosave, Phone};
use crate::ui::{focus, go_back};
use crate::words::say;
use domain::calendar::Calendar;
use domain::confirmation::Secret;
use domain::problem::Problem;
use domain::visit::form::{Step, VisitForm};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The form in the hand of a screen.
#[derive(Clone, Copy)]
pub struct Door {
    pub phone: Phone,
    pub form: RwSignal<VisitForm>,
    pub trail: Trail,
    /// 存到手机 is under way.
    pub saving: RwSignal<bool>,
    /// Why it was not kept.
    pub failed: RwSignal<Option<LocalError>>,
    autosave: Autosave,
    /// The sheet of when it was is open; an error leads into it.
    pub timing: RwSignal<bool>,
    /// The sheet of kind and purposes is open.
    pub choosing_kind: RwSignal<bool>,
    /// What 存到手机 found wrong when it was pressed: shown until mended. What went wrong since waits
    /// for the next press.
    found_wrong: RwSignal<Vec<Problem>>,
}

impl Door {
    pub fn new(
        phone: Phone,
        form: RwSignal<VisitForm>,
        begun: bool,
        autosave: Autosave,
        trail: Trail,
    ) -> Self {
        let opened = StoredValue::new(form.get_untracked());
        let door = Self {
            phone,
            form,
            trail,
            saving: RwSignal::new(false),
            failed: RwSignal::new(None),
            autosave,
            timing: RwSignal::new(false),
            choosing_kind: RwSignal::new(false),
            found_wrong: RwSignal::default(),
        };
        // Where the thumb is belongs to the draft.
        Effect::new(move || {
            let step = trail.step.get();
            if form.with_untracked(|f| f.step) == step || door.saving.get_untracked() {
                return;
            }
            // A form that was only looked through is nothing to keep: it would open the same again.
            let touched = begun
                || opened.with_value(|opened| {
                    form.with_untracked(|f| *f != VisitForm { step: f.step, ..opened.clone() })
                });
            if touched {
                form.update(|f| f.step = step);
            } else {
                form.update_untracked(|f| f.step = step);
            }
        });
        door
    }

    /// Something of the form, as it changes.
    pub fn read<T: Send + Sync + 'static>(
        self,
        part: impl Fn(&VisitForm) -> T + Send + Sync + 'static,
    ) -> Signal<T> {
        Signal::derive(move || self.form.with(&part))
    }

    /// Something of the form and the calendar.
    pub fn planned<T: Send + Sync + 'static>(
        self,
        part: impl Fn(&VisitForm, &Calendar) -> T + Send + Sync + 'static,
    ) -> Signal<T> {
        Signal::derive(move || {
            self.phone.replica.with(|replica| self.form.with(|form| part(form, &replica.directory.calendar)))
        })
    }

    /// Changes the form.
    pub fn change(self, change: impl FnOnce(&mut VisitForm)) {
        self.form.update(change);
    }

    /// A press that changes the form.
    pub fn press_to(self, change: impl Fn(&mut VisitForm) + Send + Sync + 'static) -> Callback<()> {
        Callback::new(move |()| self.form.update(&change))
    }

    /// ‹
    pub fn back(self) -> Callback<()> {
        Callback::new(|()| go_back())
    }

    fn problems(self) -> Vec<Problem> {
        self.phone.replica.with_untracked(|replica| {
            self.form.with(|form| form.problems(&replica.directory.calendar, device::now()))
        })
    }

    /// Leads to the field of a problem, also into the sheet that has it.
    pub fn lead(self) -> Callback<Problem> {
        Callback::new(move |problem: Problem| {
            match problem.field.as_ref() {
                "started_at" => self.timing.set(true),
                "purposes" => self.choosing_kind.set(true),
                _ => {}
            }
            focus(problem.field.into_owned());
        })
    }

    /// What is wrong on this screen, once saving was tried.
    pub fn problems_here(self) -> Signal<Vec<Problem>> {
        Signal::derive(move || {
            let found = self.found_wrong.get();
            if found.is_empty() {
                return Vec::new();
            }
            let here = self.trail.step.get();
            let nobody = self.form.with(|f| f.nobody.is_some());
            let still = self.problems().into_iter().filter(|p| found.contains(p));
            still.filter(|p| screen_of(p, nobody) == here).collect()
        })
    }

    /// 下一步 or 存到手机.
    pub fn press_label(self) -> Signal<String> {
        Signal::derive(move || {
            let last = self.form.with(|f| f.next_step(self.trail.step.get()).is_none());
            say(if last { "visit.save" } else { "visit.next" }).to_owned()
        })
    }

    /// 下一步 or 存到手机.
    pub fn press(self) -> Callback<()> {
        Callback::new(move |()| {
            match self.form.with_untracked(|f| f.next_step(self.trail.step.get_untracked())) {
                Some(step) => self.trail.on(step),
                None => self.save(),
            }
        })
    }

    fn save(self) {
        let problems = untrack(|| self.problems());
        if let Some(first) = problems.first() {
            self.found_wrong.set(problems.clone());
            let form = self.form.get_untracked();
            let screen = screen_of(first, form.nobody.is_some());
            if screen != self.trail.step.get_untracked() {
                self.trail.back_to(&form, screen);
            }
            return;
        }
        self.saving.set(true);
        self.failed.set(None);
        spawn_local(async move {
            self.autosave.stop();
            match self.write_down().await {
                Ok(()) => {
                    device::vibrate();
                    let form = self.form.get_untracked();
                    self.trail.leave(&form, format!("/saved/{}", form.knock));
                }
                Err(why) => {
                    self.autosave.resume();
                    self.failed.set(Some(why));
                    self.saving.set(false);
                }
            }
        });
    }

    async fn write_down(self) -> Result<(), LocalError> {
        let form = self.form.get_untracked();
        let key = secret_key(form.knock);
        let secret = match self.phone.recall(&key).await {
            Some(secret) => secret,
            None => {
                let secret = Secret(device::random8());
                // Before the entry that carries its hash: a seal whose secret is lost opens never.
                self.phone.remember(&key, &secret).await?;
                secret
            }
        };
        let entries = self.phone.replica.with_untracked(|replica| {
            form.entries(&replica.directory, &secret, device::now(), || device::new_id().into())
        });
        // Problems were shown before; what is wrong only now is shown by the next press.
        let entries = entries.map_err(|_| LocalError::Refused)?;
        self.phone.record(entries, Some(&draft_key(form.knock))).await?;
        for mended in form.corrects.iter().flat_map(|c| &c.mends) {
            // Written down it is all the same; what came back then stays in the list, to be withdrawn.
            let _ = self.phone.settle(*mended).await;
        }
        Ok(())
    }
}

/// The screen a problem is mended on.
fn screen_of(problem: &Problem, nobody: bool) -> Step {
    match (problem.field.as_ref(), nobody) {
        ("children" | "village" | "started_at" | "purposes" | "found", _) => Step::Who,
        ("outcome" | "next_follow_up_on" | "remark", true) => Step::Nobody,
        ("met" | "outcome", _) => Step::Met,
        _ => Step::Promises,
    }
}
