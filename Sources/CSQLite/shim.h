// What of SQLite's interface neither SQL nor GRDB reaches.
#ifndef DRIPD_CSQLITE_H
#define DRIPD_CSQLITE_H
#include <sqlite3.h>
#include <string.h>

// Refuses SQL that damages the file on purpose: https://www.sqlite.org/c3ref/c_dbconfig_defensive.html
static inline int dripd_sqlite_be_defensive(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

static inline int dripd_sqlite_name_as_given(sqlite3_vfs *vfs, const char *name, int size, char *target) {
    (void)vfs;
    if (strlen(name) >= (size_t)size) return SQLITE_CANTOPEN;
    strcpy(target, name);
    return SQLITE_OK;
}

// From here on SQLite opens files by the names that it is given, and does not look where the directories above them are. It
// resolves /proc/self/fd/N otherwise, and directories on the way may be closed to the user whose rights the process has.
static inline int dripd_sqlite_take_names_as_given(void) {
    static sqlite3_vfs vfs;
    sqlite3_vfs *standard = sqlite3_vfs_find(0);
    if (!standard) return SQLITE_ERROR;
    if (standard == &vfs) return SQLITE_OK;
    vfs = *standard;
    vfs.zName = "dripd";
    vfs.pNext = 0;
    vfs.xFullPathname = dripd_sqlite_name_as_given;
    return sqlite3_vfs_register(&vfs, 1);
}
#endif
