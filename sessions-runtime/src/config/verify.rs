//! The check at start-up: every linked handler against the configuration, and against each other.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::declared::{Declared, agree, linked, types};
use super::definition::{Definition, Place};
use super::settings::SessionSettings;
use crate::backend::BackendName;
use crate::error::ErrorKind;
use crate::sessions::Registry;

/// Works out every session's definition from configuration, linked types and linked handlers, and collects what is wrong.
/// Without `verify` a handler that contradicts is left to its own requests.
pub(super) fn definitions(
    registry: &Registry,
    allowed_missing: &[BackendName],
    verify: bool,
    problems: &mut Vec<String>,
) -> Vec<Arc<Definition>> {
    let mut names: BTreeMap<&str, Vec<Declared>> = BTreeMap::new();
    names.insert(&registry.default_name, Vec::new());
    for (name, _) in &registry.configured {
        names.entry(name).or_default();
    }
    for data in types() {
        names.entry(data.name).or_default().push(Declared::by_type(data));
    }
    for plan in linked() {
        let mut bound: Vec<&str> = Vec::new();
        for one in plan.sessions.iter().filter(|one| one.load) {
            let name = one.named().unwrap_or(&registry.default_name);
            let declared = Declared::by_handler(plan, one);
            if verify && bound.contains(&name) {
                problems.push(format!(
                    "{} binds session `{name}` twice; remove one, or choose another name",
                    declared.place
                ));
            }
            bound.push(name);
            names.entry(name).or_default().push(declared);
        }
    }
    let mut definitions = Vec::new();
    for (name, mut declarations) in names {
        declarations.sort_by(|left, right| left.place.cmp(&right.place));
        let mut base = registry.settings(name);
        // What its type says is the session's definition, under what handlers say.
        if let Some(data) = declarations.iter().find_map(|one| one.data) {
            base = base.overlay(&data.settings());
        }
        let mut merged = SessionSettings::default();
        let mut contradicting = false;
        for (index, one) in declarations.iter().enumerate() {
            for earlier in declarations.iter().take(index) {
                if let Err(problem) = agree(registry, &base, name, earlier, one) {
                    contradicting = true;
                    if verify {
                        problems.push(problem);
                    }
                }
            }
            if !one.is_type {
                merged = one.settings.overlay(&merged);
            }
        }
        let mut unfit: Vec<&str> = Vec::new();
        if verify {
            for one in &declarations {
                if let Some(problem) = unfit_backend(registry, &base, one, allowed_missing) {
                    problems.push(format!("{} session `{name}`: {problem}", one.place));
                    unfit.push(&one.place);
                }
            }
        }
        let settings = if contradicting && !verify {
            base.clone()
        } else {
            base.overlay(&merged)
        };
        let backend = settings
            .backend
            .clone()
            .unwrap_or_else(|| registry.default_backend.clone());
        let err = match registry.define(name, settings) {
            Ok(definition) => {
                definitions.push(Arc::new(definition));
                continue;
            }
            Err(err) => err,
        };
        let missing = err.kind() == ErrorKind::UnknownBackend;
        let said_here = declarations.is_empty()
            || name == registry.default_name
            || registry.configured.iter().any(|(known, _)| known == name);
        if missing && (allowed_missing.contains(&backend) || verify && !declarations.is_empty()) {
            // Allowed, or reported for each handler already.
        } else if verify && !said_here {
            problems.extend(
                declarations
                    .iter()
                    .filter(|one| one.says_something() && !unfit.contains(&&*one.place))
                    .map(|one| format!("{} session `{name}`: {err}", one.place)),
            );
        } else if verify || declarations.is_empty() {
            problems.push(format!("session `{name}`: {err}"));
        } else if said_here {
            // The handlers are left out, but not what the builder itself says.
            match registry.define(name, registry.settings(name)) {
                Ok(definition) => definitions.push(Arc::new(definition)),
                Err(err) => problems.push(format!("session `{name}`: {err}")),
            }
        }
    }
    let default = definitions
        .iter()
        .position(|one| one.name == registry.default_name);
    if let Some(default) = default {
        definitions.swap(0, default);
    }
    definitions
}

/// Why the backend that a handler or a type gets cannot serve it, if so: it is missing, or does not offer what is asked for.
fn unfit_backend(
    registry: &Registry,
    base: &SessionSettings,
    one: &Declared,
    allowed_missing: &[BackendName],
) -> Option<String> {
    // A handler that only binds a type is told about with the type.
    if !one.says_something() {
        return None;
    }
    let said = one.settings.backend.as_ref().or(base.backend.as_ref());
    let backend = said.unwrap_or(&registry.default_backend);
    match registry.place(backend) {
        Err(_) if allowed_missing.contains(backend) => None,
        Err(err) => Some(err.to_string()),
        Ok(Place::InCookie) => one.needs_server.map(|option| {
            format!(
                "`{option}` needs a server backend, and securecookie is none; name one with `backend = ..`"
            )
        }),
        Ok(Place::Server(server)) if one.lock && !server.capabilities().locks => Some(format!(
            "backend `{backend}` has no locks; drop `lock` or choose another backend"
        )),
        Ok(Place::Server(_)) => None,
    }
}
