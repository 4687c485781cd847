package io.unicorn.cli;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * Says how to reach the master of a pool.
 *
 * @param pid the process id of the master, in the process namespace that it runs in
 * @param description the name of the pool in messages to the operator
 * @param socket the socket on which the master accepts commands
 * @param alive whether the master has not ended; during an upgrade it is alive but may
 * accept no commands
 */
record FoundPool(int pid, String description, Path socket, BooleanSupplier alive) {

}
