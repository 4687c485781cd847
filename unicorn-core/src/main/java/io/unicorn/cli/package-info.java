/**
 * The commands of the operator: {@code java -Djarmode=unicorn -jar app.jar <command>}.
 */
@NullMarked
package io.unicorn.cli;

import org.jspecify.annotations.NullMarked;
