package io.unicorn.posix;

/**
 * Both ends of a new control connection.
 *
 * @param ours the end that the master keeps
 * @param theirs descriptor of the end that a worker inherits; to be closed once the
 * worker was spawned
 */
public record ControlPair(ControlSocket ours, int theirs) {

}
