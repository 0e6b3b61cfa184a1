//! Which server keeps `user` and `cart`. Handlers say `datastore`, which is a role: any backend can play it.

use std::{env, io};

use sessions_runtime::{BackendName, Datastore, Memcache, Redis, SessionError, SessionsBuilder};

/// Gives the role `datastore` to the backend that `SHOP_BACKEND` names; without it, to the SQLite file `SHOP_DB`.
pub(crate) fn choose(builder: SessionsBuilder) -> io::Result<SessionsBuilder> {
    let role = BackendName::DATASTORE;
    let Some(url) = env::var_os("SHOP_BACKEND") else {
        let file = env::var_os("SHOP_DB").unwrap_or_else(|| "shop.db".into());
        let sqlite = Datastore::open(file).map_err(|err| refused("SHOP_DB", &err))?;
        return Ok(builder.backend(role, sqlite));
    };
    let url = url.to_string_lossy();
    match url.split_once("://") {
        Some(("memcache", servers)) => {
            let memcache =
                Memcache::connect(servers.split(',')).map_err(|err| refused("SHOP_BACKEND", &err))?;
            Ok(builder.backend(role, memcache))
        }
        Some(("redis", _)) => {
            let redis = Redis::connect(url).map_err(|err| refused("SHOP_BACKEND", &err))?;
            Ok(builder.backend(role, redis))
        }
        _ => Err(io::Error::other(
            "SHOP_BACKEND is none of `memcache://host:port[,host:port]` and `redis://host:port`; \
             leave it out to keep the sessions in an SQLite file (SHOP_DB, shop.db where nothing is said)",
        )),
    }
}

/// Names the variable, and not its value: an address may hold a password.
fn refused(variable: &str, err: &SessionError) -> io::Error {
    io::Error::other(format!("{variable}: {}", sessions_examples::one_line(err)))
}
