package io.unicorn.cli;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/**
 * A pool that a command may be for.
 *
 * @param pid the process id of its master, where that one runs
 * @param description what to call it
 * @param socket where its master takes commands
 * @param alive whether its master has not ended; it may take no commands for a moment
 * while another takes its place
 */
record Target(int pid, String description, Path socket, BooleanSupplier alive) {

}
