package io.unicorn.sample.testsupport.pool;

import java.nio.file.Files;

import io.unicorn.sample.testsupport.process.Leftovers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A start that was refused before a pool existed.
 *
 * @param output the output
 */
public record RefusedStart(String output) {

	/**
	 * Start, and assert that Spring Boot explains the failure, that no worker was
	 * started, and that nothing is left.
	 */
	public static RefusedStart of(Pools pools, PoolBuilder description) {
		RunningPool pool = pools.start(description);
		int code = pool.exitCode(RunningPool.PATIENCE);
		String output = pool.output();
		assertThat(output).contains("APPLICATION FAILED TO START")
			.doesNotContain("spawned", "[worker-", "[         master]", "\tat ");
		assertThat(code).isEqualTo(1);
		assertThat(pool.pids()).isEmpty();
		if (Files.exists(pool.workDir())) {
			assertThat(Leftovers.files(pool.workDir(), Leftovers.DOCUMENTED)).isEmpty();
		}
		return new RefusedStart(output);
	}

	/**
	 * Assert that the explanation names the property, its value and what is allowed.
	 */
	public void names(String property, String value, String allowed) {
		assertThat(this.output).contains("Property: " + property + "\n", "Value: \"" + value + "\"\n",
				"Allowed: " + allowed + "\n");
	}

}
