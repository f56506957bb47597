//! Keeps a form on every change, a moment after the thumb rests, and says when it did: a form is safe
//! before anybody presses anything.

use crate::browser;
use crate::device;
use crate::local::LocalError;
use crate::phone::{Draft, Phone};
use chrono::{DateTime, Utc};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Serialize;
use std::cell::Cell;
use std::rc::Rc;

/// Long enough for a burst of keys, far too short to lose more than a word.
const REST_MS: u32 = 150;

/// The keeping of one form.
#[derive(Clone, Copy)]
pub struct Autosave {
    /// When the form was last kept: 草稿已留 17:41.
    pub saved_at: RwSignal<Option<DateTime<Utc>>>,
    /// What kept it from being kept.
    pub failed: RwSignal<Option<LocalError>>,
    wanted: StoredValue<Rc<Cell<bool>>, LocalStorage>,
}

impl Autosave {
    /// Watches a form until its page is left. Nothing is kept before the first change.
    pub fn watch<T>(key: String, title: Signal<String>, form: RwSignal<T>) -> Self
    where
        T: Serialize + Clone + Send + Sync + 'static,
    {
        let phone = Phone::get();
        let wanted = Rc::new(Cell::new(true));
        let autosave = Self {
            saved_at: RwSignal::new(None),
            failed: RwSignal::new(None),
            wanted: StoredValue::new_local(wanted.clone()),
        };
        let dirty = Rc::new(Cell::new(false));
        // Runs at once, also while the page is being left: the form is read before anything waits.
        let save = {
            let dirty = dirty.clone();
            Rc::new(move || {
                if !dirty.replace(false) || !wanted.get() {
                    return;
                }
                let saved_at = device::now();
                let title = title.try_get_untracked().unwrap_or_default();
                let kept = form.try_with_untracked(|form| {
                    serde_json::to_string(&Draft { title: &title, saved_at, form })
                });
                let (key, wanted) = (key.clone(), wanted.clone());
                spawn_local(async move {
                    let Some(Ok(draft)) = kept else { return };
                    let done = phone.write_draft(&key, &title, saved_at, draft, &|| wanted.get()).await;
                    match done {
                        Ok(()) => drop(autosave.saved_at.try_set(Some(saved_at))),
                        Err(error) => drop(autosave.failed.try_set(Some(error))),
                    }
                });
            })
        };
        let on_change = save.clone();
        Effect::new(move |seen: Option<()>| {
            form.track();
            if seen.is_some() && !dirty.replace(true) {
                let save = on_change.clone();
                spawn_local(async move {
                    TimeoutFuture::new(REST_MS).await;
                    save();
                });
            }
        });
        // The system may end a page that went out of sight without another word.
        let on_hide = StoredValue::new_local(save.clone());
        browser::on_document("visibilitychange", move || {
            if let Some(save) = on_hide.try_get_value() {
                save();
            }
        });
        let on_leave = StoredValue::new_local(save);
        on_cleanup(move || {
            if let Some(save) = on_leave.try_get_value() {
                save();
            }
        });
        autosave
    }

    /// To be called before `Phone::record`: nothing is kept after the form became entries.
    pub fn stop(self) {
        self.wanted.with_value(|wanted| wanted.set(false));
    }

    /// To be called when `Phone::record` failed: the form is still a form, and what is changed in it
    /// from here on is kept again.
    pub fn resume(self) {
        self.wanted.with_value(|wanted| wanted.set(true));
    }
}
