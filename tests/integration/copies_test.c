/* A second copy of the library in the same process, inside a plugin: each has a team of its own, the bits are
 * the same, and the plugin can be unloaded and loaded again. HONE_COPIES_PLUGIN is the plugin's path. */
#include "testing/test.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#include "copies_plugin.c" /* this program's own copy */

typedef uint64_t train_function(void);

typedef struct plugin {
    void *library;
    train_function *train;
} plugin;

static plugin load(void)
{
    plugin loaded = {.library = dlopen(HONE_COPIES_PLUGIN, RTLD_NOW | RTLD_LOCAL)};
    if (loaded.library == NULL)
        fail_msg("%s", dlerror());
    void *found = dlsym(loaded.library, "copies_train");
    assert_non_null(found);
    memcpy(&loaded.train, &found, sizeof found); /* C has no cast from an object's address to a function's */
    assert_true(loaded.train != copies_train);
    return loaded;
}

TEST(two_copies_work_one_after_the_other)
{
    uint64_t own = copies_train();
    assert_true(own != 0);
    for (int i = 0; i < 3; i++) {
        plugin loaded = load();
        assert_true(loaded.train() == own);
        assert_int_equal(dlclose(loaded.library), 0);
    }
}

static void *train_own(void *sum)
{
    *(uint64_t *)sum = copies_train();
    return NULL;
}

TEST(two_copies_work_at_once)
{
    plugin loaded = load();
    uint64_t own = 0;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, train_own, &own), 0);
    uint64_t other = loaded.train();
    pthread_join(thread, NULL);
    assert_true(own != 0 && own == other);
    assert_int_equal(dlclose(loaded.library), 0);
}
