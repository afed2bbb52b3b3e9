/* The order of writes of hone_internal_file_begin to _finish, src/base/file.c, by which checkpoints, models and all else reach the disk:
 * a temporary file is made, filled, synced, renamed over the old one, and the folder is synced. The machine may lose power before any
 * step; the disk then has of what was not synced any part: a file's bytes or not, the folder's entries as they were after any of the
 * renames.
 *
 * What must hold after the power is back: what stands under the name is a whole file; it is the new one if saving had ended, the old
 * or the new one if it had begun. The process may be killed before any step, too: then nothing is lost of what the system has.
 *
 * Without one of these the model fails, which run.sh tries: the sync of the file (NO_SYNC), of the folder (NO_FOLDER_SYNC), the temporary
 * file (IN_PLACE). */
#define SAVES 3
#define NOTHING 255

/* Of file f, the f-th that was saved: what the system has of it, and what the disk has. */
bit cached[SAVES], kept[SAVES], half[SAVES];
byte name_cached = NOTHING, name_kept = NOTHING; /* the file that the name means */
byte saved = NOTHING;                            /* the last one whose saving has ended */
byte saving = NOTHING;                           /* the one that is being saved */
bit off;

/* The disk writes what it has not yet, whenever it likes. */
active proctype disk()
{
    byte f;
    do
    :: off -> break
    :: !off -> atomic {
        select(f : 0 .. SAVES - 1);
        if
        :: cached[f] && !half[f] -> kept[f] = 1
        :: else
        fi
    }
    :: atomic { !off -> name_kept = name_cached }
    od
}

active proctype power()
{
    byte after;
    atomic {
        if /* before any step of the others: spin tries all */
        :: true -> off = 1
        fi;
        after = name_kept;
        assert(after == NOTHING || kept[after]);                       /* a whole file */
        assert(saved == NOTHING || (after != NOTHING && after >= saved)); /* what was saved stays */
        assert(after == NOTHING || after == saved || after == saving)  /* the old one or the new one */
    }
}

/* A step of the program, unless the power is gone. */
#define STEP(what) \
    if \
    :: off -> goto gone \
    :: atomic { !off -> what } \
    fi

active proctype program()
{
    byte f = 0;
    do
    :: f < SAVES ->
        STEP(saving = f);
#ifdef IN_PLACE
        STEP(name_cached = f);
#endif
        STEP(half[f] = 1; cached[f] = 1); /* some bytes are written */
        STEP(half[f] = 0);                /* all are */
#ifndef NO_SYNC
        STEP(kept[f] = 1);
#endif
#ifndef IN_PLACE
        STEP(name_cached = f);
#endif
#ifndef NO_FOLDER_SYNC
        STEP(name_kept = name_cached);
#endif
        STEP(saved = f; f++)
    :: else -> break
    od;
gone:
    skip
}
