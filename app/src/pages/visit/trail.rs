//! The way through the form in the browser's history: one place a screen, so that the phone's own back
//! is the previous screen. A resumed form gets its earlier screens laid behind it; a saved one takes
//! them away again, so that back from 存好了 is 今日.

use domain::visit::form::{Step, VisitForm};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate, use_query_map};

/// The screens of this form from the first on.
pub fn path(form: &VisitForm) -> Vec<Step> {
    std::iter::successors(Some(Step::Who), |step| form.next_step(*step)).collect()
}

/// The screens behind a screen.
fn behind(form: &VisitForm, step: Step) -> Vec<Step> {
    path(form).into_iter().take_while(|s| *s != step).collect()
}

const NAMES: [(Step, &str); 5] = [
    (Step::Who, "who"),
    (Step::Met, "met"),
    (Step::Nobody, "nobody"),
    (Step::Situation, "situation"),
    (Step::Promises, "promises"),
];

fn name(step: Step) -> &'static str {
    NAMES.iter().find(|(s, _)| *s == step).map_or("who", |(_, name)| name)
}

/// Where the thumb is.
#[derive(Clone, Copy)]
pub struct Trail {
    /// The screen shown.
    pub step: Memo<Step>,
    go: Callback<(String, bool)>,
    leaving: RwSignal<Option<String>>,
    place: StoredValue<String>,
}

impl Trail {
    /// The way of a form; lays the screens behind a resumed one.
    pub fn of(form: &VisitForm) -> Self {
        let query = use_query_map();
        let location = use_location();
        let navigate = use_navigate();
        let go = Callback::new(move |(to, replace): (String, bool)| {
            navigate(&to, NavigateOptions { replace, ..NavigateOptions::default() });
        });
        let step = Memo::new(move |_| {
            let query = query.read();
            let named = query.get_str("step").and_then(|text| NAMES.iter().find(|(_, name)| *name == text));
            named.map_or(Step::Who, |(step, _)| *step)
        });
        let kept: String = query
            .get_untracked()
            .into_iter()
            .filter(|(key, _)| key != "step")
            .map(|(key, value)| format!("&{key}={value}"))
            .collect();
        let place = format!("{}?{}", location.pathname.get_untracked(), kept.trim_start_matches('&'));
        let trail = Self { step, go, leaving: RwSignal::new(None), place: StoredValue::new(place) };
        if query.read_untracked().get_str("step").is_none() && form.step != Step::Who {
            for (at, step) in behind(form, form.step).into_iter().chain([form.step]).enumerate() {
                trail.go.run((trail.address(step), at == 0));
            }
        }
        Effect::new(move || {
            let here = trail.step.get();
            if here == Step::Who
                && let Some(to) = trail.leaving.get_untracked()
            {
                trail.leaving.set(None);
                trail.go.run((to, true));
            }
        });
        trail
    }

    fn address(self, step: Step) -> String {
        let place = self.place.get_value();
        let joint = if place.ends_with('?') { "" } else { "&" };
        format!("{place}{joint}step={}", name(step))
    }

    /// On to a screen.
    pub fn on(self, step: Step) {
        self.go.run((self.address(step), false));
    }

    /// Back to an earlier screen.
    pub fn back_to(self, form: &VisitForm, step: Step) {
        let here = self.step.get_untracked();
        let back = behind(form, here).len().saturating_sub(behind(form, step).len());
        if back == 0 || step > here || !go(back) {
            self.go.run((self.address(step), true));
        }
    }

    /// Leaves the form for good: its screens go out of the history.
    pub fn leave(self, form: &VisitForm, to: String) {
        let back = behind(form, self.step.get_untracked()).len();
        if back > 0 && go(back) {
            self.leaving.set(Some(to));
        } else {
            self.go.run((to, true));
        }
    }
}

/// Goes back so many places; `false` if the history does not reach that far.
fn go(back: usize) -> bool {
    let Ok(history) = window().history() else { return false };
    let far = u32::try_from(back).unwrap_or(u32::MAX);
    let delta = i32::try_from(back).unwrap_or(i32::MAX);
    history.length().is_ok_and(|length| length > far) && history.go_with_delta(-delta).is_ok()
}
