//! The glass itself: kept bright while something on it is being read by another phone, and large type
//! for those who want it.

use crate::browser::{field, settled};
use js_sys::{Function, Promise};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;

/// Keeps the screen on until the page that asked is left. Browsers that cannot do it just dim.
pub fn keep_awake() {
    let held = StoredValue::new_local(None::<JsValue>);
    spawn_local(async move {
        let lock = ask().await;
        // The page may have been left meanwhile.
        if held.try_set_value(lock.clone()).is_some() {
            release(lock);
        }
    });
    on_cleanup(move || release(held.try_update_value(Option::take).flatten()));
}

async fn ask() -> Option<JsValue> {
    let wake_lock = field(&web_sys::window()?.navigator(), "wakeLock")?;
    settled(method(&wake_lock, "request", &"screen".into())).await.ok()
}

fn release(lock: Option<JsValue>) {
    if let Some(lock) = lock {
        let _ = method(&lock, "release", &JsValue::UNDEFINED);
    }
}

/// Puts a text where the person can paste it from; `false` when the browser does not let it.
pub async fn copy(text: &str) -> bool {
    let clipboard = web_sys::window().and_then(|window| field(&window.navigator(), "clipboard"));
    match clipboard {
        Some(clipboard) => settled(method(&clipboard, "writeText", &text.into())).await.is_ok(),
        None => false,
    }
}

fn method(of: &JsValue, name: &str, argument: &JsValue) -> Result<Promise, JsValue> {
    let function: Function = field(of, name).ok_or(JsValue::NULL)?.dyn_into()?;
    function.call1(of, argument)?.dyn_into()
}
