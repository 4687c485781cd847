package io.unicorn.worker;

/**
 * Who a worker is.
 *
 * @param index its number among the workers alive, from 0; taken over by a later worker
 * when it has left
 * @param id its number among all workers that its master has started, from 1
 * @param generation number of the generation it belongs to, from 1
 * @param probation whether the application's readiness check must pass before the worker
 * accepts connections
 */
public record WorkerIdentity(int index, long id, int generation, boolean probation) {

}
