/**
 * The operator's commands as a mode of Spring Boot's executable jar.
 */
@NullMarked
package io.unicorn.boot.cli;

import org.jspecify.annotations.NullMarked;
