package io.unicorn.sample.soak;

import java.time.Duration;

/**
 * The steps of a soak and their length.
 *
 * @param rollouts how many roll-outs
 * @param requests how many requests at least; the load goes on until they are sent
 * @param warmUp how long the load flows before anything is measured
 * @param steady how long the steady state is measured
 * @param period from one roll-out to the next, or longer if a roll-out takes longer
 */
record Plan(int rollouts, long requests, Duration warmUp, Duration steady, Duration period) {
}
