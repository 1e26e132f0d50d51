// The door of what is told of a call's quality.
export { QualityReports, type QualityReportsOptions } from './quality-reports.ts';
