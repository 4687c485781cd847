package io.unicorn.posix;

/**
 * Both ends of a new control connection.
 *
 * @param ours the end of the master
 * @param theirs descriptor of the end that a worker inherits; the master closes it after
 * the worker was spawned
 */
public record ControlPair(ControlSocket ours, int theirs) {

}
