package io.unicorn.worker;

/**
 * What the master calls a worker, and how it starts it.
 *
 * @param index its slot, from 0; taken over by its successor
 * @param id its number among all workers that its master has started, from 1
 * @param generation number of the generation whose code it runs, from 1
 * @param awaitsReadiness whether the application's readiness check must pass before the
 * worker accepts connections; so it is in a roll-out
 */
public record WorkerIdentity(int index, long id, int generation, boolean awaitsReadiness) {

}
