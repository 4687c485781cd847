package io.unicorn.boot.actuate;

import java.util.Map;
import java.util.StringJoiner;

import io.unicorn.worker.ReadinessCheck;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.actuate.endpoint.CompositeHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroup;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.IndicatedHealthDescriptor;

/**
 * Checks a health group, as a probe over HTTP does.
 */
public final class HealthReadinessCheck implements ReadinessCheck {

	/** The lowest status of HTTP that is an error. */
	private static final int FIRST_ERROR = 400;

	private final HealthEndpoint endpoint;

	private final HealthEndpointGroups groups;

	private final String name;

	/**
	 * Create a check.
	 * @param name name of the health group
	 */
	public HealthReadinessCheck(HealthEndpoint endpoint, HealthEndpointGroups groups, String name) {
		this.endpoint = endpoint;
		this.groups = groups;
		this.name = name;
	}

	@Override
	public Result check() {
		HealthEndpointGroup group = this.groups.getNames().contains(this.name) ? this.groups.get(this.name) : null;
		if (group == null) {
			return new Result(false, "there is no health group '" + this.name + "', see unicorn.rollout.health");
		}
		HealthDescriptor health = this.endpoint.healthForPath(this.name);
		if (health == null) {
			return new Result(false, "health group '" + this.name + "' is empty");
		}
		return isUp(group, health) ? new Result(true, "")
				: new Result(false, "health group '" + this.name + "' is " + describe(group, health));
	}

	/** The group's mapping to statuses of HTTP decides; an application may change it. */
	private static boolean isUp(HealthEndpointGroup group, HealthDescriptor health) {
		return group.getHttpCodeStatusMapper().getStatusCode(health.getStatus()) < FIRST_ERROR;
	}

	private static String describe(HealthEndpointGroup group, HealthDescriptor health) {
		String status = health.getStatus().getCode();
		if (health instanceof CompositeHealthDescriptor composite) {
			return status + parts(group, composite.getComponents());
		}
		if (health instanceof IndicatedHealthDescriptor indicated) {
			Map<String, Object> details = indicated.getDetails();
			return (details == null || details.isEmpty()) ? status : status + " " + details;
		}
		return status;
	}

	private static String parts(HealthEndpointGroup group, @Nullable Map<String, HealthDescriptor> components) {
		StringJoiner parts = new StringJoiner(", ", " (", ")").setEmptyValue("");
		if (components != null) {
			components.forEach((name, part) -> {
				if (!isUp(group, part)) {
					parts.add(name + " is " + describe(group, part));
				}
			});
		}
		return parts.toString();
	}

}
