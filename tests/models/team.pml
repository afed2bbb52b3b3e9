/* The meeting points of the thread team, src/base/team.c: a job is published, its parts are claimed, workers and the owner sleep and are
 * woken, and the team ends. Spin tries every order of the steps below.
 *
 * What must hold: each part of each job runs once, while it is that job; the owner goes on when all have run; nobody sleeps for ever.
 * Each atomic operation is a step; steps are in one order for all threads, as the sequentially consistent ones of C are.
 *
 * Without one of these the model fails, which run.sh tries: the number of the job in a range (NO_NUMBER), the second look before a worker
 * or the owner sleeps (NO_SECOND_LOOK, NO_OWNERS_LOOK), the count in the word on which they sleep (NO_WORD). */
#define WORKERS 2
#define THREADS 3 /* the owner is thread 0 */
#define JOBS 2

typedef range_word {
    byte about, next, end
};
range_word ranges[THREADS];
byte job;                  /* what team->job is about: its number */
byte ran[THREADS];         /* of a job: how often the part of each thread's range ran; each has one */
byte unfinished;
byte job_posted, job_finished; /* the words */
byte sleeping_workers;
bit sleeping_owner, leaving;
bit asleep[THREADS];       /* in the kernel */
byte ended;

/* futex(2): WAIT sleeps when the word is still what it was; WAKE, after the word was counted, wakes some or all. */
inline sleep_on(word, value, me)
{
    atomic {
        if
        :: word == value -> asleep[me] = 1
        :: else
        fi
    }
    !asleep[me]
}

#ifdef NO_WORD
#define COUNT(word) skip
#else
#define COUNT(word) word++
#endif

/* Looking at the word and replacing it are one step here: when the word has changed in between, the exchange fails and nothing is done. */
inline claim(whose, number, own)
{
    d_step {
        if
#ifdef NO_NUMBER
        :: ranges[whose].next < ranges[whose].end ->
#else
        :: ranges[whose].about == number && ranges[whose].next < ranges[whose].end ->
#endif
            got = 1;
            if
            :: own -> ranges[whose].next++
            :: else -> ranges[whose].end--
            fi
        :: else -> got = 0
        fi
    }
}

inline take_tiles(number, me)
{
    d_step { finished = 0; turn = 0 }
    do
    :: turn < THREADS ->
        claim((me + turn) % THREADS, number, turn == 0);
        if
        :: got ->
            d_step { /* the part runs */
                assert(job == number);
                ran[(me + turn) % THREADS]++;
                assert(ran[(me + turn) % THREADS] == 1);
                finished++;
                got = 0
            }
        :: else -> turn++
        fi
    :: else -> break
    od;
    turn = 0;
    if
    :: finished > 0 ->
        d_step { unfinished = unfinished - finished; finished = 0; last = (unfinished == 0) }
        if
        :: last && sleeping_owner -> last = 0; COUNT(job_finished); asleep[0] = 0
        :: else -> last = 0
        fi
    :: else
    fi
}

active [WORKERS] proctype worker()
{
    byte me = _pid + 1, seen, posted, finished, turn;
    bit last, got;
    do
    :: leaving -> break
    :: else ->
        seen = ranges[me].about;
        take_tiles(seen, me);
        do /* await_job */
        :: ranges[me].about != seen || leaving -> break
        :: else ->
            posted = job_posted;
            sleeping_workers++;
            if
#ifndef NO_SECOND_LOOK
            :: ranges[me].about != seen || leaving
            :: else ->
#else
            :: true ->
#endif
                sleep_on(job_posted, posted, me)
            fi;
            d_step { sleeping_workers--; posted = 0 }
        od
    od;
    ended++
}

inline wake_workers()
{
    COUNT(job_posted);
    asleep[1] = 0;
    if /* fewer, where there is less to do */
    :: asleep[2] = 0
    :: number <= JOBS
    fi
}

active proctype owner()
{
    byte number = 0, posted, finished, turn;
    bit last, got;
    do
    :: number < JOBS ->
        number++;
        d_step { job = number; ran[0] = 0; ran[1] = 0; ran[2] = 0 }
        unfinished = THREADS;
        d_step { ranges[2].about = number; ranges[2].next = 0; ranges[2].end = 1 }
        d_step { ranges[1].about = number; ranges[1].next = 0; ranges[1].end = 1 }
        d_step { ranges[0].about = number; ranges[0].next = 0; ranges[0].end = 1 }
        if
        :: sleeping_workers > 0 -> wake_workers()
        :: else
        fi;
        take_tiles(number, 0);
        do /* await_finish */
        :: unfinished == 0 -> break
        :: else ->
            posted = job_finished;
            sleeping_owner = 1;
            if
#ifndef NO_OWNERS_LOOK
            :: unfinished == 0
            :: else ->
#else
            :: true ->
#endif
                sleep_on(job_finished, posted, 0)
            fi;
            d_step { sleeping_owner = 0; posted = 0 }
        od;
        assert(ran[0] == 1 && ran[1] == 1 && ran[2] == 1);
        job = 0 /* what the job was about may go now */
    :: else -> break
    od;
    leaving = 1; /* end_workers */
    COUNT(job_posted);
    asleep[1] = 0;
    asleep[2] = 0;
    ended == WORKERS
}
