package io.unicorn.worker;

import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The stacks are those of JDK 17 to 25.
 */
class ExitCauseTests {

	private static final String HOOKS = "java.lang.ApplicationShutdownHooks.runHooks "
			+ "java.lang.ApplicationShutdownHooks$1.run java.lang.Shutdown.runHooks ";

	private static final StackTraceElement[] OTHER = stack("java.lang.Object.wait org.example.Other.run");

	private static StackTraceElement[] stack(String frames) {
		return Arrays.stream(frames.split(" ")).map((frame) -> {
			int dot = frame.lastIndexOf('.');
			return new StackTraceElement(frame.substring(0, dot), frame.substring(dot + 1), null, 1);
		}).toArray(StackTraceElement[]::new);
	}

	private static ExitCause of(String frames) {
		return ExitCause.of(List.of(OTHER, stack(HOOKS + frames), OTHER));
	}

	@Test
	void theApplicationCallsExit() {
		assertThat(of("java.lang.Shutdown.exit java.lang.Runtime.exit java.lang.System.exit org.example.App.main"))
			.isEqualTo(ExitCause.CALLED);
	}

	@Test
	void aVirtualThreadIsNotListed() {
		assertThat(ExitCause.of(List.<StackTraceElement[]>of(OTHER))).isEqualTo(ExitCause.CALLED);
	}

	@Test
	void aSignalEndsTheProcess() {
		assertThat(of("java.lang.Shutdown.exit java.lang.Terminator$1.handle jdk.internal.misc.Signal$1.run"))
			.isEqualTo(ExitCause.SIGNAL);
	}

	@Test
	void anApplicationMayExitInItsOwnSignalHandler() {
		assertThat(of("java.lang.Shutdown.exit java.lang.Runtime.exit org.example.Handler.handle "
				+ "jdk.internal.misc.Signal$1.run"))
			.isEqualTo(ExitCause.SIGNAL);
	}

	@Test
	void aSecondExitWaitsForTheFirst() {
		StackTraceElement[] second = stack("java.lang.Shutdown.exit java.lang.Terminator$1.handle");
		StackTraceElement[] first = stack(HOOKS + "java.lang.Shutdown.exit java.lang.Runtime.exit org.example.A.run");
		assertThat(ExitCause.of(List.of(second, first))).isEqualTo(ExitCause.CALLED);
	}

	@Test
	void allThreadsHaveEnded() {
		assertThat(of("java.lang.Shutdown.shutdown")).isEqualTo(ExitCause.THREADS_ENDED);
	}

	@Test
	void theHandlerOfAnUncaughtExceptionExits() {
		assertThat(of("java.lang.Shutdown.exit java.lang.Runtime.exit java.lang.System.exit "
				+ "org.springframework.boot.SpringBootExceptionHandler.uncaughtException "
				+ "java.lang.Thread.dispatchUncaughtException"))
			.isEqualTo(ExitCause.UNCAUGHT);
	}

}
