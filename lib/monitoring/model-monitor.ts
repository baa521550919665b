import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as cloudwatchActions from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as events from 'aws-cdk-lib/aws-events';
import type * as sns from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { endpointNameOf } from '../serving/contract';
import {
  DEFAULT_GRACE_SECONDS,
  DEFAULT_RETENTION_SECONDS,
  DEFAULT_WINDOW_SECONDS,
  MetricName,
} from './contract';
import { driftSettings } from './drift-policy';
import type { IModelMonitor, ModelMonitorProps } from './model-monitor-props';
import { capturesMissingAlarm, createDriftAlarm, createQualityAlarm } from './monitor-alarms';
import { createDashboard } from './monitor-dashboard';
import { MonitorFunctions } from './monitor-functions';
import { modelMetric } from './monitor-metrics';
import { qualitySettings } from './quality-policy';
import { evaluateEvery, wholeMinutes } from './times';

export * from './model-monitor-props';

/**
 * Watches a live model: captured requests are compared with the training data, and predictions with the labels that
 * come later, window by window. Costs nothing while there is no traffic, apart from the schedule's invocations, its
 * alarms and the dashboard.
 */
export class ModelMonitor extends Construct implements IModelMonitor {
  public readonly driftAlarm: cloudwatch.IAlarm;
  public readonly qualityAlarm?: cloudwatch.IAlarm;
  /** The alarms about the monitoring itself: messages and windows that could not be processed. */
  public readonly operationalAlarms: cloudwatch.IAlarm[];
  public readonly dashboard?: cloudwatch.Dashboard;
  private readonly modelName: string;
  private readonly window: Duration;

  constructor(scope: Construct, id: string, props: ModelMonitorProps) {
    super(scope, id);
    this.modelName = props.modelName;
    this.window = wholeMinutes('window', props.window ?? Duration.seconds(DEFAULT_WINDOW_SECONDS));
    const every = evaluateEvery(props.evaluateEvery, this.window);
    const endpointName = props.endpointName ?? endpointNameOf(props.modelName);
    const quality = qualitySettings(props.quality);
    const functions = new MonitorFunctions(this, 'Functions', {
      modelName: props.modelName,
      endpointName,
      registry: props.registry,
      captureBucket: props.captureBucket,
      labelBucket: props.labelBucket ?? props.captureBucket,
      eventBus: props.eventBus ?? events.EventBus.fromEventBusName(this, 'DefaultBus', 'default'),
      windowSeconds: this.window.toSeconds(),
      graceSeconds: (props.grace ?? Duration.seconds(DEFAULT_GRACE_SECONDS)).toSeconds(),
      retentionSeconds: (props.labelRetention ?? Duration.seconds(DEFAULT_RETENTION_SECONDS)).toSeconds(),
      evaluateEvery: every,
      drift: driftSettings(props.drift),
      quality,
    });
    const driftAlarm = createDriftAlarm(this, props.modelName, this.metricDriftedFeatures({ period: every }));
    const qualityAlarm = createQualityAlarm(
      this,
      props.modelName,
      quality,
      this.metricMissedFloors({ period: every }),
    );
    const missing =
      props.alarmOnMissingCaptures === true
        ? [capturesMissingAlarm(this, props.modelName, this.metricCapturedRows())]
        : [];
    const operational = [...functions.alarms, ...missing];
    this.driftAlarm = driftAlarm;
    this.qualityAlarm = qualityAlarm;
    this.operationalAlarms = operational;
    this.notify(props.alarmTopic, [driftAlarm, ...(qualityAlarm ? [qualityAlarm] : []), ...operational]);
    if (props.dashboard ?? true) {
      this.dashboard = createDashboard(this, props.modelName, endpointName);
    }
  }

  private notify(topic: sns.ITopic | undefined, alarms: cloudwatch.Alarm[]): void {
    if (topic !== undefined) {
      const action = new cloudwatchActions.SnsAction(topic);
      for (const alarm of alarms) {
        alarm.addAlarmAction(action);
      }
    }
  }

  /**
   * Features that drifted in as many windows as the policy asks for, as of the newest window with a verdict. Put when
   * a verdict is made, not for the window's time.
   *
   * @default - maximum over a window
   */
  public metricDriftedFeatures(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.DRIFTED_FEATURES, 'Maximum', options);
  }

  /**
   * Floors that the champion misses, as of the newest labelled window. Put when a verdict is made.
   *
   * @default - maximum over a window
   */
  public metricMissedFloors(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.MISSED_FLOORS, 'Maximum', options);
  }

  /**
   * Rows that were captured in a window.
   *
   * @default - maximum over a window
   */
  public metricCapturedRows(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.CAPTURED_ROWS, 'Maximum', options);
  }

  /**
   * Captured requests of a window that could not be read, wholly or in part.
   *
   * @default - maximum over a window
   */
  public metricUndecodableCaptures(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.UNDECODABLE_CAPTURES, 'Maximum', options);
  }

  /**
   * Lines of label files without a usable label.
   *
   * @default - sum over a window
   */
  public metricRejectedLabels(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.REJECTED_LABELS, 'Sum', options);
  }

  /**
   * Labelled share of a window's scored rows, in percent.
   *
   * @default - maximum over a window
   */
  public metricLabelCoverage(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.LABEL_COVERAGE, 'Maximum', options);
  }

  /**
   * Share of right predictions in a window, 0 to 1.
   *
   * @default - average over a window
   */
  public metricAccuracy(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.ACCURACY, 'Average', options);
  }

  /**
   * Share of the predicted positives that are positive, 0 to 1.
   *
   * @default - average over a window
   */
  public metricPrecision(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.PRECISION, 'Average', options);
  }

  /**
   * Share of the positives that were predicted, 0 to 1.
   *
   * @default - average over a window
   */
  public metricRecall(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.RECALL, 'Average', options);
  }

  /**
   * Harmonic mean of precision and recall, 0 to 1.
   *
   * @default - average over a window
   */
  public metricF1(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metric(MetricName.F1, 'Average', options);
  }

  private metric(name: string, statistic: string, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return modelMetric(this.modelName, name, { statistic, period: this.window }, options);
  }
}
