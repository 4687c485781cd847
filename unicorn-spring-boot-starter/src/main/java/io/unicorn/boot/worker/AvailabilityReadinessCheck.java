package io.unicorn.boot.worker;

import io.unicorn.worker.ReadinessCheck;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;

/**
 * Checks the readiness state that the application publishes.
 */
public final class AvailabilityReadinessCheck implements ReadinessCheck {

	private final ApplicationAvailability availability;

	/**
	 * Create a check of this availability.
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
