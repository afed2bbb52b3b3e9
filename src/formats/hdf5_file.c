/* HDF5 files opened from memory, and the way to what is in them: by the expected path, over hard links alone.
 */
#include "formats/hdf5_file.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST_PART = 1024 };
static const int64_t MOST_ARRAYS = 1000000;

/* ---- the image ----
 * HDF5 copies a file image for each property list that it passes through; these callbacks lend it ours
 * instead. */

static void *lend_image(size_t bytes, H5FD_file_image_op_t purpose, void *user)
{
    const hone_weights_file *file = user;
    (void)purpose;
    return bytes <= file->bytes ? file->image : NULL;
}

static void *copy_nothing(void *to, const void *from, size_t bytes, H5FD_file_image_op_t purpose, void *user)
{
    (void)bytes, (void)purpose, (void)user;
    return to == from ? to : NULL;
}

static void *refuse_growth(void *image, size_t bytes, H5FD_file_image_op_t purpose, void *user)
{
    (void)image, (void)bytes, (void)purpose, (void)user;
    return NULL;
}

static herr_t free_nothing(void *image, H5FD_file_image_op_t purpose, void *user)
{
    (void)image, (void)purpose, (void)user;
    return 0;
}

static void *same_user(void *user)
{
    return user;
}

static herr_t keep_user(void *user)
{
    (void)user;
    return 0;
}

static hid_t open_image(hone_weights_file *file)
{
    H5FD_file_image_callbacks_t callbacks = {lend_image, copy_nothing, refuse_growth, free_nothing,
                                             same_user,  keep_user,    file};
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (access < 0)
        return -1;
    bool set = H5Pset_fapl_core(access, 1 << 16, false) >= 0 &&
               H5Pset_file_image_callbacks(access, &callbacks) >= 0 &&
               H5Pset_file_image(access, file->image, file->bytes) >= 0 &&
               H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0;
    char name[40];
    hone_internal_hdf5_unique_name(name, sizeof name);
    hid_t id = set ? H5Fopen(name, H5F_ACC_RDONLY, access) : -1;
    H5Pclose(access);
    return id;
}

static hone_status open_guarded(hone_weights_file *file)
{
    hone_hdf5_guard guard;
    HONE_TRY(hone_internal_hdf5_enter(&guard));
    file->file = open_image(file);
    hone_status status = HONE_OK;
    if (file->file < 0)
        status = hone_internal_hdf5_fail(file->label, "the file", "is damaged or cut off");
    hone_internal_hdf5_leave(&guard);
    return status;
}

hone_weights_file *hone_internal_weights_open_memory(void *data, size_t bytes, const char *label)
{
    static const char signature[8] = {'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};
    hone_weights_file *file = hone_internal_allocate_zeroed(1, sizeof *file);
    if (!file) {
        hone_internal_free(data);
        return NULL;
    }
    *file = (hone_weights_file){
        .label = hone_internal_copy_text(label), .image = data, .bytes = bytes, .file = -1};
    hone_status status = file->label ? HONE_OK : HONE_ERROR_MEMORY;
    if (status == HONE_OK && (bytes < sizeof signature || memcmp(data, signature, sizeof signature) != 0)) {
        status = hone_fail(HONE_ERROR_FORMAT, "%s: expected an HDF5 file, received something else", label);
    }
    if (status == HONE_OK)
        status = open_guarded(file);
    if (status == HONE_OK)
        return file;
    hone_internal_weights_close(file);
    return NULL;
}

hone_weights_file *hone_internal_weights_open(const char *path)
{
    void *data;
    size_t bytes;
    if (hone_internal_file_read(path, SIZE_MAX / 4, &data, &bytes) != HONE_OK)
        return NULL;
    return hone_internal_weights_open_memory(data, bytes, path);
}

void hone_internal_weights_close(hone_weights_file *file)
{
    if (!file)
        return;
    hone_hdf5_guard guard;
    if (file->file >= 0 && hone_internal_hdf5_enter(&guard) == HONE_OK) {
        H5Fclose(file->file);
        hone_internal_hdf5_leave(&guard);
    }
    hone_internal_free(file->image);
    hone_internal_free(file->label);
    hone_internal_free(file);
}

/* ---- paths ---- */

hone_status hone_internal_hdf5_has(const hone_weights_file *file, hid_t group, const char *path,
                                   const char *name, bool *has)
{
    htri_t exists = H5Lexists(group, name, H5P_DEFAULT);
    *has = exists > 0;
    if (exists < 0)
        return hone_internal_hdf5_fail(file->label, path, "cannot be looked up");
    if (!*has)
        return HONE_OK;
    H5L_info_t information;
    if (H5Lget_info(group, name, &information, H5P_DEFAULT) < 0) {
        return hone_internal_hdf5_fail(file->label, path, "cannot be looked up");
    }
    if (information.type == H5L_TYPE_HARD)
        return HONE_OK;
    return hone_fail(HONE_ERROR_FORMAT, "%s: %.300s is a link to another place, which is not followed",
                     file->label, path);
}

/* The group `part` of `parent`; -1 when it is not there. */
static hone_status open_part(const hone_weights_file *file, hid_t parent, const char *path, const char *part,
                             hid_t *group)
{
    bool has;
    *group = -1;
    HONE_TRY(hone_internal_hdf5_has(file, parent, path, part, &has));
    if (!has)
        return HONE_OK;
    *group = H5Gopen2(parent, part, H5P_DEFAULT);
    return *group >= 0 ? HONE_OK : hone_internal_hdf5_fail(file->label, path, "is not a group");
}

hone_status hone_internal_hdf5_open_group(const hone_weights_file *file, const char *path, hid_t *group)
{
    *group = H5Gopen2(file->file, "/", H5P_DEFAULT);
    if (*group < 0)
        return hone_internal_hdf5_fail(file->label, "/", "cannot be opened");
    const char *at = path;
    while (*group >= 0 && at[strspn(at, "/")]) {
        at += strspn(at, "/");
        char part[LONGEST_PART];
        size_t length = strcspn(at, "/");
        hid_t parent = *group;
        hone_status status = HONE_OK;
        *group = -1;
        if (length < sizeof part && !(length == 1 && at[0] == '.')) {
            memcpy(part, at, length);
            part[length] = 0;
            status = open_part(file, parent, path, part, group);
        }
        H5Gclose(parent);
        if (status != HONE_OK)
            return status;
        at += length;
    }
    return HONE_OK;
}

bool hone_internal_weights_has_group(hone_weights_file *file, const char *path)
{
    hone_hdf5_guard guard;
    hid_t group = -1;
    if (hone_internal_hdf5_enter(&guard) != HONE_OK)
        return false;
    hone_internal_hdf5_open_group(file, path, &group);
    if (group >= 0)
        H5Gclose(group);
    hone_internal_hdf5_leave(&guard);
    return group >= 0;
}

/* The members of a group of arrays are "0", "1", ... and nothing else. */
static int64_t count_arrays(const hone_weights_file *file, hid_t group, const char *path)
{
    H5G_info_t information;
    if (H5Gget_info(group, &information) < 0)
        return hone_internal_hdf5_fail(file->label, path, "cannot be listed");
    if (information.nlinks > (hsize_t)MOST_ARRAYS) {
        return hone_fail(HONE_ERROR_FORMAT, "%s: %.300s holds too many members", file->label, path);
    }
    int64_t count = (int64_t)information.nlinks;
    for (int64_t i = 0; i < count; i++) {
        char name[24];
        bool has;
        snprintf(name, sizeof name, "%" PRId64, i);
        HONE_TRY(hone_internal_hdf5_has(file, group, path, name, &has));
        if (!has) {
            return hone_fail(HONE_ERROR_FORMAT,
                             "%s: %.300s holds %" PRId64 " members, expected them to be named 0 to %" PRId64
                             ", there is no %s",
                             file->label, path, count, count - 1, name);
        }
    }
    return count;
}

int64_t hone_internal_weights_count(hone_weights_file *file, const char *path)
{
    hone_hdf5_guard guard;
    hid_t group;
    HONE_TRY(hone_internal_hdf5_enter(&guard));
    int64_t count = hone_internal_hdf5_open_group(file, path, &group);
    if (count == HONE_OK && group >= 0)
        count = count_arrays(file, group, path);
    if (group >= 0)
        H5Gclose(group);
    hone_internal_hdf5_leave(&guard);
    return count;
}
