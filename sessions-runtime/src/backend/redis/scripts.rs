//! Each change of a record is one script with one key: it compares and writes as one step, and would run on a cluster.
//!
//! A script is sent by its hash; Redis answers `NOSCRIPT` where it does not have it (a restart, `SCRIPT FLUSH`), having
//! done nothing, and is then given the text once.

use redis::Script;

/// Reads the head of the record: `version` stays `nil` where there is none or it has expired. The second argument of each
/// script is the present second.
///
/// Places are texts, since Redis writes a number that it is given as text first, which takes a tenth of the whole script.
const HEAD: &str = r"
local head, version = redis.call('GETRANGE', KEYS[1], '0', '16'), nil
if head ~= '' then
  if #head < 17 or string.byte(head) ~= 1 then return redis.error_reply('FOREIGN value') end
  if struct.unpack('>I8', head, 10) >= tonumber(ARGV[2]) then version = string.sub(head, 2, 9) end
end
";

/// What the scripts that compare answer.
pub(super) const GONE: i64 = 0;
pub(super) const CONFLICT: i64 = 1;
pub(super) const DONE: i64 = 2;

/// All of them, hashed once.
pub(super) struct Scripts {
    /// Value, now, milliseconds.
    pub(super) create: Script,
    /// Value, now, milliseconds, expected version.
    pub(super) replace: Script,
    /// Expiry, now, milliseconds.
    pub(super) touch: Script,
    /// Expected version or nothing, now.
    pub(super) delete: Script,
    /// Owner and end of the lease, now, milliseconds.
    pub(super) lock: Script,
    /// Owner.
    pub(super) unlock: Script,
}

impl Scripts {
    pub(super) fn new() -> Self {
        Self {
            create: with_head(
                "if version then return 1 end
                 redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
                 return 2",
            ),
            // Where the end is as it was, so is the time that is left, and to set it takes another tenth of the script.
            replace: with_head(
                "if not version then return 0 end
                 if version ~= ARGV[4] then return 1 end
                 if string.sub(head, 10) == string.sub(ARGV[1], 10, 17) then
                   redis.call('SET', KEYS[1], ARGV[1], 'KEEPTTL')
                 else
                   redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
                 end
                 return 2",
            ),
            touch: with_head(
                "if not version then return 0 end
                 redis.call('SETRANGE', KEYS[1], '9', ARGV[1])
                 redis.call('PEXPIRE', KEYS[1], ARGV[3])
                 return 2",
            ),
            delete: with_head(
                "if not version then return 0 end
                 if ARGV[1] ~= '' and version ~= ARGV[1] then return 1 end
                 redis.call('DEL', KEYS[1])
                 return 2",
            ),
            lock: Script::new(
                "local held = redis.call('GET', KEYS[1])
                 if held and string.sub(held, 1, 16) ~= string.sub(ARGV[1], 1, 16)
                    and struct.unpack('>I8', held, 17) >= tonumber(ARGV[2]) then return 1 end
                 redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
                 return 2",
            ),
            unlock: Script::new(
                "local held = redis.call('GET', KEYS[1])
                 if not held then return 0 end
                 if string.sub(held, 1, 16) ~= ARGV[1] then return 1 end
                 redis.call('DEL', KEYS[1])
                 return 2",
            ),
        }
    }
}

fn with_head(body: &str) -> Script {
    Script::new(&format!("{HEAD}{body}"))
}
