package io.unicorn.master.arbiter;

import java.time.Instant;

import io.unicorn.launch.settings.PoolSettings;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Effect.Level;
import io.unicorn.master.arbiter.pool.EffectBuffer;
import io.unicorn.master.arbiter.pool.PoolConfiguration;
import io.unicorn.master.arbiter.pool.ProcessSignal;

/**
 * Decides what a signal to the master does.
 */
final class SignalHandling {

	private final PoolConfiguration configuration;

	private final Steering steering;

	private final Shutdown shutdown;

	private final Upgrade upgrade;

	private final EffectBuffer effects;

	/** Whether the master runs at a terminal. */
	private final boolean terminal;

	SignalHandling(PoolConfiguration configuration, Steering steering, Shutdown shutdown, Upgrade upgrade,
			EffectBuffer effects, boolean terminal) {
		this.configuration = configuration;
		this.steering = steering;
		this.shutdown = shutdown;
		this.upgrade = upgrade;
		this.effects = effects;
		this.terminal = terminal;
	}

	void on(ProcessSignal signal, Instant now) {
		switch (signal) {
			case TERM -> this.steering.stop("SIGTERM", now);
			case INT -> this.steering.stopQuickly("SIGINT", now);
			case HUP -> {
				if (!this.shutdown.isUnderWay()) {
					var unused = this.steering.rollOut("SIGHUP");
				}
			}
			case USR2 -> {
				if (!this.shutdown.isUnderWay()) {
					this.upgrade.request("SIGUSR2");
				}
			}
			case TTIN -> grow(signal);
			case TTOU -> resize(Math.max(1, this.configuration.target() - 1), signal);
			case WINCH -> {
				if (!this.terminal) {
					resize(0, signal);
				}
			}
			case USR1 -> {
				this.effects.add(new Effect.ReopenLog());
				this.effects.log(Level.INFO, "log file reopened (SIGUSR1)");
			}
			default -> this.effects.log(Level.WARN,
					ProcessSignal.describe(signal.number()) + " has no meaning here and is ignored");
		}
	}

	private void grow(ProcessSignal signal) {
		if (this.configuration.target() < PoolSettings.MAX_WORKERS) {
			resize(this.configuration.target() + 1, signal);
		}
		else {
			this.effects.log(Level.WARN,
					"a pool has at most " + PoolSettings.MAX_WORKERS + " workers, SIG" + signal.name() + " is ignored");
		}
	}

	private void resize(int workers, ProcessSignal signal) {
		this.steering.scale(workers, "SIG" + signal.name());
	}

}
