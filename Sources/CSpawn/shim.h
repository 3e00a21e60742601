// glibc's additions to posix_spawn that the Glibc module of the Swift toolchain leaves out (posix_spawn(3), "GNU extensions").
#ifndef DRIPD_CSPAWN_H
#define DRIPD_CSPAWN_H
#include <spawn.h>

extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
#endif
