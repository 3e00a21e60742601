// The SQLite functions that neither SQL nor GRDB offers.
#ifndef DRIPD_CSQLITE_H
#define DRIPD_CSQLITE_H
#include <sqlite3.h>
#include <string.h>

// Rejects SQL that can corrupt the file on purpose: https://www.sqlite.org/c3ref/c_dbconfig_defensive.html
static inline int dripd_sqlite_be_defensive(sqlite3 *database) {
    return sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

static inline int dripd_sqlite_name_as_given(sqlite3_vfs *vfs, const char *name, int size, char *target) {
    (void)vfs;
    if (strlen(name) >= (size_t)size) return SQLITE_CANTOPEN;
    strcpy(target, name);
    return SQLITE_OK;
}

// Makes SQLite open files by the names it is given, without resolving them. By default it resolves /proc/self/fd/N to the
// real path, and the process's user may not be allowed to enter the directories on that path.
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
