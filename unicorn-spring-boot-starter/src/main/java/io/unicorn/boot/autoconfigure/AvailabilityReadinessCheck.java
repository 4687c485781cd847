package io.unicorn.boot.autoconfigure;

import io.unicorn.worker.ReadinessCheck;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;

/**
 * Asks for the application's readiness state, which it sets itself.
 */
public final class AvailabilityReadinessCheck implements ReadinessCheck {

	private final ApplicationAvailability availability;

	/**
	 * Create a check.
	 */
	public AvailabilityReadinessCheck(ApplicationAvailability availability) {
		this.availability = availability;
	}

	@Override
	public Result check() {
		ReadinessState state = this.availability.getReadinessState();
		return new Result(state == ReadinessState.ACCEPTING_TRAFFIC, "its readiness state is " + state);
	}

}
